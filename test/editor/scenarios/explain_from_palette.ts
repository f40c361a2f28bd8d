// A person opens a picture and has it explained from the command palette.

import assert from "node:assert/strict";
import type { Editor } from "../host/editor.ts";
import { openFile, processesLike, runCommand, runningExtensions, wasActivated } from "../host/workbench.ts";
import { answerText, RECEIPT, receipts, shownPanel, SIDECAR } from "../panel.ts";

export const name = "explain_from_palette";

export async function run(editor: Editor): Promise<void> {
  await openFile(editor, "code.png");
  // Looking at pictures alone must not cost anything.
  assert.equal(wasActivated(editor), false, "the extension is active before it was used");
  assert.ok(!(await runningExtensions(editor)).includes("Sightline"), "VS Code lists Sightline as running");
  assert.deepEqual(processesLike(editor, /[\\/]deno/), [], "a Deno runs before Sightline was used");

  await openFile(editor, "code.png");
  await runCommand(editor, "Sightline: Explain Image");
  const panel = await shownPanel(editor);
  const text = await answerText(panel, 1);
  assert.ok(text.length > 20, `the answer is only: ${text}`);
  const [receipt] = await receipts(panel, 1);
  const [, widthPx, heightPx, sliceCount, tokenCount] = RECEIPT.exec(receipt ?? "") ?? [];
  assert.deepEqual([widthPx, heightPx], ["1280", "760"], `the receipt says: ${receipt}`);
  assert.ok(Number(sliceCount) > 0 && Number(tokenCount) > 0, `the receipt says: ${receipt}`);
  assert.equal(await panel.alerts.count(), 0);
  assert.equal(wasActivated(editor), true);
  assert.equal(processesLike(editor, SIDECAR).length, 1, "exactly one sidecar runs");
}
