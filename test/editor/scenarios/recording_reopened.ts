// An animated picture is explained as a recording. After the window was reloaded it is all there, also for the model,
// although its frames were deleted: they are read again.

import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import type { Editor } from "../host/editor.ts";
import { chooseInExplorerMenu, eventually, reloadWindow } from "../host/workbench.ts";
import { answerText, ask, shownPanel } from "../panel.ts";
import { costOf } from "../recordings.ts";

export const name = "recording_reopened";

const COLOURS = ["#204080", "#208040", "#804020"];
const STEP_MS = 1000;

export async function run(editor: Editor): Promise<void> {
  await writeFile(join(editor.workspaceFolder, "steps.gif"), await animation());
  await chooseInExplorerMenu(editor, ["steps.gif"], "Explain Screen Recording");
  const panel = await shownPanel(editor);
  await answerText(panel, 1);
  const question = panel.questions.first();
  assert.match(await question.innerText(), /step by step, with times/);
  const cost = await costOf(question);
  assert.equal(cost.sent, COLOURS.length);

  await reloadWindow(editor);
  // VS Code shows again what was shown.
  const reloaded = await shownPanel(editor);
  assert.deepEqual(await costOf(reloaded.questions.first()), cost);
  await eventually(
    "the animation to be shown",
    () =>
      reloaded.questions.first().locator("img.player").evaluate((image) =>
        (image as HTMLImageElement).naturalWidth > 0
      ),
  );
  const removed = await removeFrames(editor);
  await ask(reloaded, "And then?");
  await answerText(reloaded, 2);
  assert.equal(await reloaded.alerts.count(), 0);
  const there = await readdir(picturesFolder(editor));
  assert.equal(removed.filter((name) => there.includes(name)).length, cost.sent, "not all frames are back");
}

/** A picture that changes every second. */
async function animation(): Promise<Uint8Array> {
  const frames = await Promise.all(
    COLOURS.map((background) =>
      sharp({ create: { width: 160, height: 90, channels: 3, background } }).png().toBuffer()
    ),
  );
  return await sharp(frames, { join: { animated: true } })
    .gif({ loop: 0, delay: COLOURS.map(() => STEP_MS) }).toBuffer();
}

function picturesFolder(editor: Editor): string {
  return join(editor.userDataFolder, "User", "globalStorage", "sightline.sightline", "pictures");
}

/** Removes what a recording's file can give again. */
async function removeFrames(editor: Editor): Promise<readonly string[]> {
  const folder = picturesFolder(editor);
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  for (const name of names) await rm(join(folder, name));
  return names;
}
