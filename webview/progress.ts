// What happens before the first token, and the numbers of a finished answer, in words.

import type { AnswerNumbers, AnswerState, TraceEnd } from "../protocol/panel.ts";
import type { Translate } from "./texts.ts";

/** "reading text 3/12 …": what the sidecar does before the first token. */
export function stageText(state: AnswerState & { kind: "working" }, t: Translate): string {
  return [stageName(state, t), ofTotal(state), "…"].filter((part) => part !== "").join(" ");
}

/** The model, how fast it was and how much it read and wrote, each for one place in the line. */
export function numberTexts(numbers: AnswerNumbers, t: Translate): readonly string[] {
  const { firstTokenMs, tokensPerSecond } = numbers;
  return [
    t("first token {0} s", seconds(firstTokenMs)),
    t("{0} tok/s", tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : Math.round(tokensPerSecond)),
    tokenTexts(numbers, t).join(" + "),
  ];
}

/** The same and the prompt's length, as a sentence. */
export function numberSentence(numbers: AnswerNumbers, t: Translate): string {
  return t(
    "{0}: {1} prompt tokens, {2} of them for pictures; {3} tokens of thinking; {4} tokens of answer; first token after {5} s, then {6} tokens per second",
    numbers.modelName,
    numbers.promptTokenCount,
    numbers.pictureTokenCount,
    numbers.thinkingTokenCount,
    numbers.answerTokenCount,
    seconds(numbers.firstTokenMs),
    numbers.tokensPerSecond.toFixed(1),
  );
}

/** Why an answer is not whole, or undefined. */
export function cutOffText({ stopReason }: AnswerNumbers, t: Translate): string | undefined {
  switch (stopReason) {
    case "end":
      return undefined;
    case "length":
      return t("The answer was cut off: it reached the longest length allowed.");
    case "loop":
      return t("The answer was cut off: the model had begun to repeat itself.");
    default: {
      const unknown: never = stopReason;
      throw new TypeError(`unknown stop reason: ${String(unknown)}`);
    }
  }
}

/** Why a trace is not whole, or undefined. */
export function traceEndText(
  traceEnd: TraceEnd | null,
  tokenCount: number,
  t: Translate,
): string | undefined {
  switch (traceEnd) {
    case null:
    case "model":
      return undefined;
    case "budget":
      return t("Thinking was ended at its limit, after {0} tokens.", tokenCount);
    case "person":
      return t("You skipped the rest of the thinking.");
    case "loop":
      return t("Thinking was ended: the model had begun to repeat itself.");
    default: {
      const unknown: never = traceEnd;
      throw new TypeError(`unknown end of a trace: ${String(unknown)}`);
    }
  }
}

/** Milliseconds as seconds with one decimal. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function tokenTexts(numbers: AnswerNumbers, t: Translate): readonly string[] {
  const { pictureTokenCount, thinkingTokenCount, answerTokenCount } = numbers;
  return [
    ...(pictureTokenCount > 0 ? [t("{0} picture", pictureTokenCount)] : []),
    ...(thinkingTokenCount > 0 ? [t("{0} thought", thinkingTokenCount)] : []),
    t("{0} tok", answerTokenCount),
  ];
}

function stageName({ stage }: AnswerState & { kind: "working" }, t: Translate): string {
  switch (stage) {
    case "queued":
      return t("waiting for another answer");
    case "loading-model":
      return t("loading the model");
    case "decoding-picture":
      return t("opening the picture");
    case "reading-text":
      return t("reading text");
    case "encoding-picture":
      return t("looking at the picture");
    case "encoding-video":
      return t("looking at the video");
    case "prefill":
      return t("taking in the question");
    case "generating":
      return t("starting to answer");
    default: {
      const unknown: never = stage;
      throw new TypeError(`unknown stage: ${String(unknown)}`);
    }
  }
}

function ofTotal({ done, total }: AnswerState & { kind: "working" }): string {
  return done === null || total === null || total === 0 ? "" : `${done}/${total}`;
}
