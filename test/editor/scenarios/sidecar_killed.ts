// The sidecar dies in the middle of an answer: the person is told, keeps the conversation and asks on.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Editor } from "../host/editor.ts";
import { crashProcesses, eventually, holdProcesses, processesLike } from "../host/workbench.ts";
import { answerText, ask, openPanel, pastePicture, SIDECAR } from "../panel.ts";

export const name = "sidecar_killed";

export async function run(editor: Editor): Promise<void> {
  const panel = await openPanel(editor);
  await pastePicture(editor, panel, await readFile(join(editor.workspaceFolder, "dialog.png")));
  await ask(panel, "What is this?");
  const first = await answerText(panel, 1);
  const [sidecar] = processesLike(editor, SIDECAR);

  holdProcesses(editor, SIDECAR);
  await ask(panel, "And what can be pressed?");
  await panel.stop.waitFor();
  await crashProcesses(editor, SIDECAR);
  const alert = await panel.alerts.first().innerText();
  assert.match(alert, /\w+ \w+/, "the alert says nothing");
  await panel.stop.waitFor({ state: "hidden" });
  assert.equal((await panel.answers.first().locator(".answer").innerText()).trim(), first);
  assert.equal(await panel.questions.count(), 2);

  await ask(panel, "And now?");
  await eventually("the third question's answer", async () => {
    const last = panel.frame.locator("article").last();
    if (await last.getAttribute("data-role") !== "assistant" || await panel.stop.isVisible()) return false;
    return (await last.locator(".answer").innerText()).trim() !== "";
  });
  const [restarted] = processesLike(editor, SIDECAR);
  assert.notEqual(restarted, undefined, "no sidecar runs");
  assert.notEqual(restarted?.pid, sidecar?.pid);
}
