import assert from "node:assert/strict";
import {
  costLine,
  costSentence,
  frameAt,
  mediaType,
  progressText,
  rangeOf,
  samplingTexts,
  tokensOfGroup,
} from "../../webview/recording.ts";
import { reduce } from "../../webview/state.ts";
import { translator } from "../../webview/texts.ts";
import { page, recording, turn } from "./panel_states.ts";

const t = translator({});

Deno.test("costLine() says what is sent, and how its cost comes about", () => {
  const { receipt, origin } = recording("r");
  assert.ok(receipt !== null && origin !== null);
  assert.equal(costLine(recording("r"), t), "4 of 630 frames (changes only) · 4 groups × 64 = 256 tok");
  const seven = { ...receipt, groupCount: 7, tokenCount: 448 };
  assert.match(costLine(recording("r", { receipt: seven }), t) ?? "", /7 groups × 64 = 448 tok$/);
  const all = { ...origin, droppedTimesS: [] };
  const one = { ...receipt, groupCount: 1, tokenCount: 64 };
  assert.equal(
    costLine(recording("r", { receipt: one, origin: all }), t),
    "4 of 630 frames · 1 group, 64 tok",
  );
  assert.equal(costLine(recording("r", { receipt: null }), t), null);
  assert.deepEqual([tokensOfGroup(7, 448), tokensOfGroup(0, 0)], [64, 0]);
});

Deno.test("costSentence() names size, hash and what was left out", () => {
  const sentence = costSentence(recording("r"), t);
  for (const part of ["0:21", "1280 by 720", "2 looked at and left out", "256 tokens", "SHA-256"]) {
    assert.ok(sentence.includes(part), `${part} is missing in: ${sentence}`);
  }
});

Deno.test("samplingTexts() says what was chosen", () => {
  assert.deepEqual(samplingTexts(recording("r"), t), ["0:21", "up to 3 fps", "1 frame a group"]);
  const trimmed = recording("r", { sampling: { fromS: 2.5, toS: 9, framesPerSecond: 0.5 } });
  assert.deepEqual(samplingTexts(trimmed, t).slice(0, 2), ["0:02.5 to 0:09 of 0:21", "up to 0.5 fps"]);
});

Deno.test("rangeOf() stays within the recording", () => {
  assert.deepEqual(rangeOf({}, 21), { fromS: 0, toS: 21 });
  assert.deepEqual(rangeOf({ fromS: 30, toS: 40 }, 21), { fromS: 21, toS: 21 });
});

Deno.test("frameAt() finds the frame on screen", () => {
  const times = [0, 3.16, 9];
  assert.deepEqual([0, 3, 3.2, 8.9, 9, 99, -1].map((timeS) => frameAt(times, timeS)), [0, 0, 1, 1, 2, 2, 0]);
});

Deno.test("progressText() counts what can be counted", () => {
  assert.equal(progressText({ stage: "looking", share: 0.628 }, t), "reading… 62 %");
  assert.equal(progressText({ stage: "copying", share: null }, t), "copying…");
});

Deno.test("mediaType() names the codec, so that a browser can say that it has none", () => {
  assert.equal(mediaType("webm", "vp8"), 'video/webm; codecs="vp8"');
  assert.equal(mediaType("mov", "avc"), 'video/mp4; codecs="avc1.640028"');
  assert.equal(mediaType("mkv", "ffv1"), "video/webm");
});

Deno.test("reduce() follows a recording from its first percent to its receipt in a turn", () => {
  const reading = recording("r", { receipt: null, progress: { stage: "copying", share: null } });
  let state = reduce(page(), { kind: "attached", attachment: reading });
  state = reduce(state, { kind: "recording-progress", id: "r", progress: { stage: "looking", share: 0.5 } });
  const first = () => state?.panel.attachments[0];
  assert.deepEqual(first(), { ...reading, progress: { stage: "looking", share: 0.5 } });
  state = reduce(state, { kind: "recording-changed", recording: recording("r") });
  assert.deepEqual(first(), recording("r"));
  state = reduce(state, { kind: "attachment-replaced", id: "r", attachment: recording("s") });
  assert.deepEqual(state?.panel.attachments.map(({ id }) => id), ["s"]);
  const { receipt } = recording("r");
  assert.ok(receipt !== null);
  state = reduce(state, { kind: "asked", turn: turn("1", { attachments: [reading] }) });
  state = reduce(state, { kind: "recording-receipt", turnId: "1", recordingId: "r", receipt });
  assert.deepEqual(state?.panel.turns[0]?.question.attachments[0]?.receipt, receipt);
});
