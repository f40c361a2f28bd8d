// A person pastes a screenshot into the panel, asks about it, and stops the answer to a second question.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Editor } from "../host/editor.ts";
import { holdProcesses } from "../host/workbench.ts";
import { answerText, ask, openPanel, pastePicture, RECEIPT, receipts, SIDECAR } from "../panel.ts";

export const name = "paste_into_chat";

export async function run(editor: Editor): Promise<void> {
  const panel = await openPanel(editor);
  await pastePicture(editor, panel, await readFile(join(editor.workspaceFolder, "dialog.png")));
  await ask(panel, "What is this?");
  const first = await answerText(panel, 1);
  const [receipt] = await receipts(panel, 1);
  const [, widthPx, heightPx] = RECEIPT.exec(receipt ?? "") ?? [];
  assert.deepEqual([widthPx, heightPx], ["1120", "700"], `the receipt says: ${receipt}`);
  assert.equal(await panel.attachments.count(), 0, "the picture is still attached to the next question");

  const release = holdProcesses(editor, SIDECAR);
  try {
    await ask(panel, "And what can be pressed?");
    await panel.stop.click();
    // The panel does not wait for the sidecar to notice.
    await panel.stop.waitFor({ state: "hidden" });
  } finally {
    release();
  }
  assert.equal(await panel.alerts.count(), 0, "stopping is not a failure");
  assert.equal((await panel.answers.first().locator(".answer").innerText()).trim(), first);

  await ask(panel, "And now?");
  await answerText(panel, await panel.answers.count());
}
