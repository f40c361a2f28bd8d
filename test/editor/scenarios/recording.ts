// A person brings a recording of the screen, sees which frames the model is sent and what they cost, trims it, asks,
// and goes to a moment of it.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { makeVideo, steady } from "../../support/videos.ts";
import type { Editor, Theme } from "../host/editor.ts";
import { screenshotFolder } from "../host/places.ts";
import { chooseInExplorerMenu, eventually, setTheme } from "../host/workbench.ts";
import { answerText, ask, type Panel, shownPanel } from "../panel.ts";
import { costOf } from "../recordings.ts";

export const name = "recording";

const WIDTH = 320;
const HEIGHT = 180;
const RATE = 10;
const DURATION_S = 6;
/** When each of the film's three pictures begins. */
const CHANGES_S = [0, 2, 4];

const THEMES: readonly Theme[] = ["light", "high-contrast", "dark"];

export async function run(editor: Editor): Promise<void> {
  await writeFile(join(editor.workspaceFolder, "login.webm"), await screenRecording());
  await chooseInExplorerMenu(editor, ["login.webm"], "Add Recording to Chat");
  const panel = await shownPanel(editor);
  const card = panel.attachments.first();
  const whole = await costOf(card);
  assert.equal(whole.sent, CHANGES_S.length, "frames in which nothing changed are sent too");
  await trim(panel, card);
  const trimmed = await costOf(card, whole.sent);
  assert.ok(
    trimmed.sent < whole.sent,
    `${trimmed.sent} frames are sent of a part, ${whole.sent} of the whole`,
  );
  await editor.screenshot(join(screenshotFolder, "recording-trimmed.png"));

  await ask(panel, "What happens?");
  await answerText(panel, 1);
  assert.equal(await panel.attachments.count(), 0, "the recording is still attached to the next question");
  assert.deepEqual(await costOf(panel.questions.first()), trimmed, "other frames were sent than were shown");
  await seek(panel);
  for (const theme of THEMES) {
    await setTheme(editor, theme);
    await editor.screenshot(join(screenshotFolder, `recording-${theme}.png`));
  }
}

/** A film like one of a screen: long stretches of the same picture. */
function screenRecording(): Promise<Uint8Array> {
  return makeVideo({
    codec: "vp8",
    container: "webm",
    width: WIDTH,
    height: HEIGHT,
    timesS: steady(DURATION_S * RATE, RATE),
    keyInterval: RATE,
    paint: (frame, x, y) => {
      const scene = CHANGES_S.findLastIndex((timeS) => timeS * RATE <= frame);
      const isWindow = x > 40 + 40 * scene && x < 160 + 40 * scene && y > 40 && y < 130;
      return isWindow
        ? [240, 240, 240]
        : ([[20, 60, 120], [20, 110, 70], [120, 40, 40]] as const)[scene] ?? [0, 0, 0];
    },
  });
}

/** Leaves out the first three seconds, by keyboard. */
async function trim(panel: Panel, card: Locator): Promise<void> {
  await card.getByRole("button", { name: "Change…" }).press("Enter");
  const from = card.getByRole("textbox", { name: "From, as a time" });
  await from.fill("0:03");
  await from.press("Enter");
  await panel.frame.locator(".trimmed").waitFor();
}

/** Takes the player of the first question to its last frame. */
async function seek(panel: Panel): Promise<void> {
  const question = panel.questions.first();
  const frame = question.locator(".frames button").last();
  const [, minutes = "", seconds = ""] = /(\d+):(\d+(?:\.\d)?)$/.exec(await frame.innerText()) ?? [];
  const wantedS = Number(minutes) * 60 + Number(seconds);
  await frame.press("Enter");
  await eventually(
    `the player to be at ${wantedS} s`,
    () =>
      question.locator("video").evaluate((video, wantedS) => {
        const { currentTime, readyState, seeking } = video as HTMLVideoElement;
        return Math.abs(currentTime - wantedS) < 0.06 && readyState >= 2 && !seeking;
      }, wantedS),
  );
}
