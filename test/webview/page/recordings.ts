// Recordings: what is sent of them, how that is changed, and the moments that answers name.

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { makeVideo, steady } from "../../support/videos.ts";
import { NUMBERS, picture, RECEIPT, recording, turn } from "../panel_states.ts";
import { openPage, ORIGIN, type ServedFile } from "./open_page.ts";

const DURATION_S = 4;
const FRAME_TIMES_S = [0, 1, 2, 3];

/** A film of four seconds in four colours, and a frame of each. */
async function film(): Promise<Readonly<Record<string, ServedFile>>> {
  const colours = [[200, 40, 40], [40, 160, 40], [40, 60, 200], [200, 200, 40]] as const;
  const rate = 5;
  const bytes = await makeVideo({
    codec: "vp8",
    container: "webm",
    width: 160,
    height: 90,
    timesS: steady(DURATION_S * rate, rate),
    keyInterval: rate,
    paint: (frame) => colours[Math.floor(frame / rate)] ?? [0, 0, 0],
  });
  const files: Record<string, ServedFile> = { "film.webm": { contentType: "video/webm", bytes } };
  for (const [index, [r, g, b]] of colours.entries()) {
    const png = sharp({ create: { width: 160, height: 90, channels: 3, background: { r, g, b } } })
      .png();
    files[`${index}.png`] = { contentType: "image/png", bytes: await png.toBuffer() };
  }
  return files;
}

function filmed(format: "webm" | "mkv" | "gif" = "webm", codec: string | null = "vp8") {
  const { origin, receipt } = recording("r");
  assert.ok(origin !== null && receipt !== null);
  const changed = { ...origin, format, codec, durationS: DURATION_S, frameCount: 20, frameRate: 5 };
  return recording("r", {
    file: { source: `${ORIGIN}/film.webm`, format, sha256: "a".repeat(64), byteLength: 1000 },
    frames: FRAME_TIMES_S.map((timeS, index) => ({ source: `${ORIGIN}/${index}.png`, timeS })),
    origin: changed,
    receipt: { ...receipt, origin: changed, usedTimesS: FRAME_TIMES_S },
  });
}

const playerTime = (page: Page): Promise<number> =>
  page.locator("video").evaluate((video) => (video as HTMLVideoElement).currentTime);

/** Waits until a frame is marked as the one that the player shows. */
const isCurrent = (page: Page, label: string): Promise<void> =>
  page.locator(`[aria-current="true"][aria-label="${label}"]`).waitFor();

/** The frames that are sent are there before sending, with their cost, one Tab away from each other part. */
export async function framesAreShownBeforeSending(browser: Browser): Promise<void> {
  const { page, complaints, posted, send } = await openPage(browser, {}, await film());
  const reading = recording("r", { frames: [], origin: null, receipt: null, file: null });
  await send({ kind: "attached", attachment: { ...reading, progress: { stage: "copying", share: null } } });
  const card = page.locator(".recording-card");
  assert.equal(await card.locator(".progress").innerText(), "copying…");
  await send({ kind: "recording-progress", id: "r", progress: { stage: "looking", share: 0.62 } });
  assert.equal(await card.locator(".progress").innerText(), "reading… 62 %");
  await send({ kind: "recording-changed", recording: filmed() });
  assert.match(await card.innerText(), /4 of 20 frames \(changes only\) · 4 groups × 64 = 256 tok/);
  const frames = page.getByRole("list", { name: "Frames that the model is sent" }).getByRole("button");
  assert.deepEqual(await frames.allInnerTexts(), ["0:00", "0:01", "0:02", "0:03"]);
  await frames.first().focus();
  for (const key of ["ArrowRight", "ArrowRight", "End", "ArrowLeft"]) await page.keyboard.press(key);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  assert.equal(await focused(), "frame 3 of 4, at 0:02");
  assert.equal(
    await frames.evaluateAll((all) => all.filter((one) => (one as HTMLElement).tabIndex === 0).length),
    1,
  );
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("video")?.currentTime === 2);
  await isCurrent(page, "frame 3 of 4, at 0:02");
  await page.getByRole("button", { name: "Remove r.webm" }).click();
  assert.deepEqual(await posted(), [{ kind: "detach", id: "r" }]);
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    "the page is too wide",
  );
  assert.deepEqual(complaints, []);
}

/** The range, the rate and the packing are changed by keys alone, and what is cut off is marked. */
export async function recordingsAreTrimmedByKeys(browser: Browser): Promise<void> {
  const { page, complaints, posted, send } = await openPage(
    browser,
    { attachments: [filmed()] },
    await film(),
  );
  await page.getByRole("button", { name: "Change…" }).press("Enter");
  assert.equal(await page.locator(".trimmed").count(), 0);
  const from = page.getByRole("slider", { name: "From" });
  await from.press("ArrowRight");
  assert.deepEqual(await posted(), [{ kind: "change-sampling", id: "r", sampling: { fromS: 0.1 } }]);
  const trimmed = {
    ...filmed(),
    sampling: { fromS: 1, toS: 3.5 },
    progress: { stage: "looking", share: null },
  } as const;
  await send({ kind: "recording-changed", recording: trimmed });
  assert.equal(await from.getAttribute("aria-valuetext"), "0:01");
  assert.deepEqual(
    await page.locator(".trimmed").evaluateAll((parts) =>
      parts.map((part) => part.getAttribute("aria-label"))
    ),
    ["0:00 to 0:01 is cut off", "0:03.5 to 0:04 is cut off"],
  );
  assert.equal(await page.locator(".strip.outdated").count(), 1, "the frames are those from before");
  await page.getByRole("textbox", { name: "To, as a time" }).fill("0:02.5");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "From, as a time" }).fill("1:99");
  await page.keyboard.press("Tab");
  // The end stays behind the beginning.
  await from.press("End");
  await page.getByLabel("Frames a second").selectOption("1");
  await page.getByLabel("Frames a group").selectOption("3");
  await page.getByLabel("Frames like the one before").selectOption("keep");
  const kept = { fromS: 1, toS: 3.5 };
  assert.deepEqual(await posted(), [
    { kind: "change-sampling", id: "r", sampling: { fromS: 1, toS: 2.5 } },
    { kind: "change-sampling", id: "r", sampling: { fromS: 3.4, toS: 3.5 } },
    { kind: "change-sampling", id: "r", sampling: { ...kept, framesPerSecond: 1 } },
    { kind: "change-sampling", id: "r", sampling: { ...kept, packing: 3 } },
    { kind: "change-sampling", id: "r", sampling: { ...kept, stillFrames: "keep" } },
  ]);
  assert.deepEqual(complaints, []);
}

/** A time in an answer takes the player there, if the recording lasts so long. */
export async function timesInAnswersSeek(browser: Browser): Promise<void> {
  const text = "| time | what |\n|---|---|\n| 0:01.2 | It hangs |\n\nAt `0:03` it ends, not at 0:09.";
  const done = { kind: "done", numbers: NUMBERS } as const;
  const turns = [
    turn("1", { attachments: [filmed()], text, state: done }),
    turn("2", { text: "As I said, at 0:02.", state: done }),
    turn("3", { attachments: [picture("a", { receipt: RECEIPT })], text: "At 0:02.", state: done }),
  ];
  const { page, complaints } = await openPage(browser, { turns }, await film());
  const moments = page.locator(".moment");
  assert.deepEqual(await moments.allInnerTexts(), ["0:01.2", "0:03", "0:02"]);
  assert.equal(await page.locator("video").evaluate((video) => (video as HTMLVideoElement).readyState), 0);
  for (const [index, timeS] of [1.2, 3, 2].entries()) {
    await moments.nth(index).press("Enter");
    await page.waitForFunction((timeS) => {
      const video = document.querySelector("video");
      return video?.currentTime === timeS && !video.seeking && video.readyState >= 2;
    }, timeS);
  }
  assert.equal(await playerTime(page), 2);
  await isCurrent(page, "frame 3 of 4, at 0:02");
  await page.getByRole("button", { name: "Ask about 0:02", exact: true }).click();
  assert.equal(await page.locator("textarea").inputValue(), "At 0:02: ");
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "TEXTAREA");
  const box = await page.locator("video").boundingBox();
  assert.ok(box !== null && box.y >= 0, "the player is out of sight");
  assert.deepEqual(complaints, []);
}

/** What cannot be played is shown as its frames, and said. */
export async function unplayableRecordingsShowFrames(browser: Browser): Promise<void> {
  const broken: ServedFile = { contentType: "video/webm", bytes: new Uint8Array(100) };
  for (
    const [attachment, files] of [[filmed("mkv", "hevc"), {}], [filmed(), { "film.webm": broken }]] as const
  ) {
    const turns = [turn("1", { attachments: [attachment], text: "At 0:02.", state: { kind: "stopped" } })];
    const { page, send } = await openPage(browser, { turns }, { ...await film(), ...files });
    await page.locator(".moment").click();
    await page.getByText("cannot be played here").waitFor();
    assert.equal(await page.locator("video").count(), 0);
    await page.locator(".frames button").nth(3).click();
    await page.getByRole("img", { name: "frame at 0:03" }).waitFor();
    await send({ kind: "need", need: null });
  }
}

/** An animated picture is one or the other, as the person likes. */
export async function animatedPicturesCanBeRecordings(browser: Browser): Promise<void> {
  const receipt = { ...RECEIPT, format: "gif", notes: [{ kind: "first-frame", frameCount: 12 }] } as const;
  const { page, send, posted } = await openPage(
    browser,
    { attachments: [picture("g", { receipt })] },
    await film(),
  );
  await page.getByRole("button", { name: "Use as Recording" }).click();
  assert.deepEqual(await posted(), [{ kind: "use-as-recording", id: "g" }]);
  const gif = filmed("gif", null);
  const file = gif.file === null ? null : { ...gif.file, source: `${ORIGIN}/0.png` };
  await send({ kind: "attachment-replaced", id: "g", attachment: { ...gif, file } });
  await page.locator(".frames button").nth(1).click();
  await page.getByRole("img", { name: "frame at 0:01" }).waitFor();
  await page.getByRole("button", { name: "Play r.webm" }).click();
  await page.getByRole("img", { name: "recording r.webm" }).waitFor();
  await page.getByRole("button", { name: "First Frame Only" }).click();
  assert.deepEqual(await posted(), [{ kind: "use-first-frame", id: "r" }]);
}
