// From a prompt that fits to a finished reply, told piece by piece.

import type { GenerateParams, GenerateProgress, GenerateResult } from "../protocol/sidecar.ts";
import { joinFloats } from "./floats.ts";
import { generate, type Steering } from "./generate.ts";
import type { Model } from "./model/model.ts";
import type { VisualInput } from "./model/decoder.ts";
import type { NamedTokens } from "./pictures.ts";
import { Reply } from "./reply.ts";
import { Sampler, type Sampling } from "./sampling.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { type Prompt, TRACE_END } from "./text/prompt.ts";

/** Tokens that a trace leaves for the answer; of a short limit, a quarter. */
const ANSWER_RESERVE = 256;
const ANSWER_SHARE = 0.25;

/** What an answer is made from. */
export interface AnswerInput {
  readonly model: Model;
  readonly prompt: Prompt;
  /** Whether the prompt leaves the model inside a trace. */
  readonly isThinking: boolean;
  /** In the order of the prompt. */
  readonly visual: readonly NamedTokens[];
  /** Whether the person has had enough of the trace. */
  readonly wantsAnswer: () => boolean;
  /** Most tokens to generate; prompt and answer fit the context. */
  readonly maxTokens: number;
  readonly params: Omit<GenerateParams, "conversation" | "model" | "ocr" | "maxTokens">;
  readonly stopwatch: Stopwatch;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: GenerateProgress) => void;
}

/** The reply, without what the caller knows already. */
export type Answer = Pick<
  GenerateResult,
  | "text"
  | "thinking"
  | "thinkingEnd"
  | "stopReason"
  | "promptTokenIds"
  | "tokenIds"
  | "reusedTokenCount"
  | "timings"
>;

/**
 * Generates a reply.
 * @throws the signal's reason when it aborts
 */
export async function answer(input: AnswerInput): Promise<Answer> {
  const { model, prompt, params, maxTokens, stopwatch, signal, onProgress } = input;
  const { tokenizer } = model.prompts;
  const reply = new Reply({
    tokenizer,
    isThinking: input.isThinking,
    stopStrings: params.stopStrings ?? [],
    onPiece: onProgress,
  });
  const traceLimit = traceLimitOf(params.thinkingBudget, maxTokens);
  const tokenIds: number[] = [];
  let thinkingEnd: GenerateResult["thinkingEnd"] = null;
  const cutTrace = (end: "cut" | "loop"): Steering => {
    const ids = tokenizer.encode(reply.thinking.endsWith("\n") ? TRACE_END.slice(1) : TRACE_END);
    thinkingEnd = end;
    reply.closeTrace();
    tokenIds.push(...ids);
    return { kind: "insert", ids };
  };
  const onToken = (id: number, isLoop: boolean): Steering => {
    if (tokenIds.length === 0) {
      stopwatch.mark("first token");
      onProgress({ kind: "stage", stage: "generating" });
    }
    tokenIds.push(id);
    if (model.config.stopTokenIds.includes(id)) return { kind: "go" };
    const wasThinking = reply.isThinking;
    reply.push(id);
    if (wasThinking && !reply.isThinking) thinkingEnd = "model";
    if (reply.hasStopped) return { kind: "stop", reason: "end" };
    if (reply.isThinking && (reply.traceLength >= traceLimit || input.wantsAnswer())) return cutTrace("cut");
    if (!isLoop) return { kind: "go" };
    return reply.isThinking ? cutTrace("loop") : { kind: "stop", reason: "loop" };
  };
  stopwatch.mark("prefill");
  const end = await generate(model.decoder, {
    ids: prompt.ids,
    visual: toVisualInput(prompt, input.visual),
    sampler: new Sampler(
      samplingOf(model, params),
      params.seed ?? crypto.getRandomValues(new Int32Array(1))[0] as number,
    ),
    stopTokenIds: model.config.stopTokenIds,
    maxTokens,
    signal,
    onPrefill: (done, total) => onProgress({ kind: "stage", stage: "prefill", done, total }),
    onToken,
  });
  reply.finish(end.reason === "length");
  return {
    text: reply.text,
    thinking: reply.thinking,
    thinkingEnd,
    stopReason: end.reason,
    promptTokenIds: prompt.ids,
    tokenIds,
    reusedTokenCount: end.reusedCount,
    timings: timingsOf(stopwatch, tokenIds.length),
  };
}

/** Tokens a trace may have: the budget, and never so many that nothing is left for the answer. */
function traceLimitOf(budget = Infinity, maxTokens: number): number {
  const reserve = Math.min(ANSWER_RESERVE, Math.floor(maxTokens * ANSWER_SHARE));
  return Math.max(1, Math.min(budget, maxTokens - reserve));
}

/** The request's wishes over the model's own settings. Who asks for the most likely token gets just that. */
function samplingOf({ config }: Model, params: AnswerInput["params"]): Sampling {
  const own = params.thinking ? config.sampling.thinking : config.sampling.answering;
  const { temperature = own.temperature, topK = own.topK, topP = own.topP, minP = own.minP } = params;
  const isGreedy = params.temperature !== undefined && params.temperature <= 0;
  const { repetitionPenalty = isGreedy ? 1 : own.repetitionPenalty } = params;
  return { repetitionPenalty, temperature, topK, topP, minP };
}

/** The visual tokens of a prompt, named so that those of the last prompt are told again. */
export function toVisualInput({ visualPositions }: Prompt, visual: readonly NamedTokens[]): VisualInput {
  const tokens = joinFloats(visual.map(({ tokens }) => tokens));
  const width = tokens.length / Math.max(visualPositions.length, 1);
  const names = visual.flatMap(({ name, tokens }) => Array<string>(tokens.length / width).fill(name));
  return { positions: visualPositions, tokens, names };
}

function timingsOf(stopwatch: Stopwatch, tokenCount: number): GenerateResult["timings"] {
  const firstTokenMs = stopwatch.markedAt("first token");
  const decodeMs = stopwatch.elapsed - firstTokenMs;
  return {
    decodeImageMs: stopwatch.total("decode"),
    readTextMs: stopwatch.total("text"),
    visionMs: stopwatch.total("vision"),
    prefillMs: firstTokenMs - stopwatch.markedAt("prefill"),
    firstTokenMs,
    // The first token belongs to the prefill.
    decodeTokensPerSecond: decodeMs > 0 ? (tokenCount - 1) / decodeMs * 1000 : 0,
  };
}
