// From a prepared prompt to a finished reply, told piece by piece.

import { Failure } from "../protocol/errors.ts";
import type { GenerateParams, GenerateProgress, GenerateResult } from "../protocol/sidecar.ts";
import { joinFloats } from "./floats.ts";
import { generate } from "./generate.ts";
import type { Model } from "./model/model.ts";
import { Sampler } from "./sampling.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { Detokenizer } from "./text/detokenizer.ts";
import { type Prompt, type PromptMessage, writePrompt } from "./text/prompt.ts";
import { type ReplyPiece, ThinkingSplitter } from "./text/thinking.ts";

/** What an answer is made from. */
export interface AnswerInput {
  readonly model: Model;
  readonly messages: readonly PromptMessage[];
  /** Visual tokens of each picture and video in order, [slices or groups · queries, hidden] float32 each. */
  readonly visual: readonly Float32Array[];
  readonly params: Pick<GenerateParams, "thinking" | "temperature" | "maxTokens" | "seed">;
  readonly stopwatch: Stopwatch;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: GenerateProgress) => void;
}

/** The reply, without what the caller knows already. */
export type Answer = Omit<GenerateResult, "model" | "pictures" | "videos" | "ocr">;

/**
 * Generates a reply.
 * @throws Failure "context-full" before anything is computed; the signal's reason when it aborts
 */
export async function answer(input: AnswerInput): Promise<Answer> {
  const { model, params, stopwatch, signal, onProgress } = input;
  const prompt = writePrompt(input.messages, params.thinking, model.prompts);
  const maxTokens = fitContext(prompt, input);
  const reply = new Reply(model, params.thinking, onProgress);
  const tokenIds: number[] = [];
  const prefillStart = performance.now();
  let firstTokenMs = 0;
  let decodeStart = prefillStart;
  onProgress({ kind: "stage", stage: "prefill", done: 0, total: prompt.ids.length });
  const tokens = generate(model.decoder, {
    ids: prompt.ids,
    visual: { positions: prompt.visualPositions, tokens: joinFloats(input.visual) },
    sampler: new Sampler({
      temperature: params.temperature ?? model.config.sampling.temperature,
      topK: model.config.sampling.topK,
      topP: model.config.sampling.topP,
      seed: params.seed ?? crypto.getRandomValues(new Int32Array(1))[0] as number,
    }),
    stopTokenIds: model.config.stopTokenIds,
    maxTokens,
    signal,
    onPrefill: (done, total) => onProgress({ kind: "stage", stage: "prefill", done, total }),
  });
  let next = await tokens.next();
  for (; next.done !== true; next = await tokens.next()) {
    if (tokenIds.length === 0) {
      decodeStart = performance.now();
      firstTokenMs = stopwatch.elapsed;
      onProgress({ kind: "stage", stage: "generating" });
    }
    tokenIds.push(next.value);
    if (!model.config.stopTokenIds.includes(next.value)) reply.push(next.value);
  }
  reply.finish();
  const decodeMs = performance.now() - decodeStart;
  return {
    text: reply.text,
    thinking: reply.thinking,
    stopReason: next.value,
    promptTokenIds: prompt.ids,
    tokenIds,
    timings: {
      decodeImageMs: stopwatch.total("decode"),
      readTextMs: stopwatch.total("text"),
      visionMs: stopwatch.total("vision"),
      prefillMs: decodeStart - prefillStart,
      firstTokenMs,
      // The first token belongs to the prefill.
      decodeTokensPerSecond: decodeMs > 0 ? (tokenIds.length - 1) / decodeMs * 1000 : 0,
    },
  };
}

/** Tokens the answer may have; refuses a prompt that leaves no room for one. */
function fitContext(prompt: Prompt, { model, params, visual }: AnswerInput): number {
  const { contextLength } = model.config.decoder;
  const room = contextLength - prompt.ids.length;
  if (room < 1) {
    const { queryCount } = model.config.resampler;
    const pictureTokens = prompt.visualPositions.length;
    throw new Failure(
      "context-full",
      `The conversation no longer fits: it takes ${prompt.ids.length} tokens (${pictureTokens} of them for ` +
        `${visual.length} ${visual.length === 1 ? "picture" : "pictures"} in ${
          pictureTokens / queryCount
        } slices), ` +
        `and ${model.record.name} holds ${contextLength}. Start a new chat, or ask with fewer pictures or shorter text.`,
      { subject: model.record.name },
    );
  }
  return Math.min(params.maxTokens ?? model.config.sampling.maxNewTokens, room);
}

/** Turns token ids into the reply's two texts and tells each piece. */
class Reply {
  readonly #detokenizer: Detokenizer;
  readonly #splitter: ThinkingSplitter;
  readonly #onProgress: (progress: GenerateProgress) => void;
  /** Tokens so far of each kind, and tokens whose kind is not known yet. */
  readonly #counts = { thinking: 0, answer: 0 };
  #pending = 0;
  text = "";
  thinking = "";

  constructor(model: Model, isThinking: boolean, onProgress: (progress: GenerateProgress) => void) {
    this.#detokenizer = new Detokenizer(model.prompts.tokenizer);
    this.#splitter = new ThinkingSplitter(isThinking);
    this.#onProgress = onProgress;
  }

  push(id: number): void {
    this.#pending++;
    this.#tell(this.#splitter.push(this.#detokenizer.push(id)));
  }

  finish(): void {
    this.#tell(this.#splitter.push(this.#detokenizer.flush()));
    this.#tell(this.#splitter.flush());
  }

  #tell(pieces: readonly ReplyPiece[]): void {
    for (const { kind, text } of pieces) {
      if (kind === "thinking") this.thinking += text;
      else this.text += text;
      this.#counts[kind] += this.#pending;
      this.#pending = 0;
      this.#onProgress({ kind, text, tokenCount: this.#counts[kind] });
    }
  }
}
