import assert from "node:assert/strict";
import type { Stage } from "../../protocol/sidecar.ts";
import { cutOffText, numberSentence, numberTexts, stageText, traceEndText } from "../../webview/progress.ts";
import { translator } from "../../webview/texts.ts";
import { NUMBERS } from "./panel_states.ts";

const t = translator({});

function stage(stage: Stage, done: number | null = null, total: number | null = null): string {
  return stageText({ kind: "working", stage, done, total }, t);
}

Deno.test("stageText() says what is done, and how far it is where that is known", () => {
  assert.equal(stage("reading-text", 3, 12), "reading text 3/12 …");
  assert.equal(stage("encoding-picture", 1, 3), "looking at the picture 1/3 …");
  assert.equal(stage("loading-model"), "loading the model …");
  assert.equal(stage("reading-text", 0, 0), "reading text …");
});

Deno.test("stageText() has words of its own for every stage", () => {
  const stages: Readonly<Record<Stage, true>> = {
    "queued": true,
    "loading-model": true,
    "decoding-picture": true,
    "reading-text": true,
    "encoding-picture": true,
    "encoding-video": true,
    "prefill": true,
    "generating": true,
  };
  const texts = Object.keys(stages).map((name) => stage(name as Stage));
  assert.equal(new Set(texts).size, texts.length);
});

Deno.test("numberTexts() names what there is of pictures, thinking and answer", () => {
  assert.deepEqual(numberTexts(NUMBERS, t), [
    "first token 0.4 s",
    "38 tok/s",
    "640 picture + 131 thought + 148 tok",
  ]);
  assert.deepEqual(
    numberTexts({ ...NUMBERS, tokensPerSecond: 2.34, pictureTokenCount: 0, thinkingTokenCount: 0 }, t),
    ["first token 0.4 s", "2.3 tok/s", "148 tok"],
  );
});

Deno.test("numberSentence() leaves no number out", () => {
  const sentence = numberSentence(NUMBERS, t);
  for (const part of ["Nano", "840", "640", "131", "148", "0.4", "38.4"]) {
    assert.ok(sentence.includes(part), `${part} is missing in: ${sentence}`);
  }
});

Deno.test("cutOffText() says why an answer is not whole", () => {
  assert.equal(cutOffText(NUMBERS, t), undefined);
  assert.match(cutOffText({ ...NUMBERS, stopReason: "length" }, t) ?? "", /longest length/);
  assert.match(cutOffText({ ...NUMBERS, stopReason: "loop" }, t) ?? "", /repeat itself/);
});

Deno.test("traceEndText() says why a trace is not whole", () => {
  assert.deepEqual([traceEndText(null, 0, t), traceEndText("model", 9, t)], [undefined, undefined]);
  assert.match(traceEndText("budget", 512, t) ?? "", /limit, after 512 tokens/);
  assert.match(traceEndText("person", 9, t) ?? "", /skipped/);
  assert.match(traceEndText("loop", 9, t) ?? "", /repeat itself/);
});
