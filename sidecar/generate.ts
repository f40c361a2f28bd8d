// The decode loop: from a prompt to token ids. Deals in ids only.

import type { StopReason } from "../protocol/conversation.ts";
import { LoopGuard } from "./loop_guard.ts";
import { type Decoder, NO_VISUAL, sliceVisual, type VisualInput } from "./model/decoder.ts";
import type { Sampler } from "./sampling.ts";

/** What is to happen after a token. */
export type Steering =
  | { readonly kind: "go" }
  /** Tokens to put behind this one, as if they had been chosen; choosing goes on after them. */
  | { readonly kind: "insert"; readonly ids: readonly number[] }
  | { readonly kind: "stop"; readonly reason: StopReason };

/** What to generate from. */
export interface GenerationInput extends PrefillInput {
  readonly sampler: Sampler;
  readonly stopTokenIds: readonly number[];
  /** Most tokens to generate, those put in between included. */
  readonly maxTokens: number;
  /** Told each token as it is chosen, the stop token included, and whether the text has become a loop. */
  readonly onToken: (id: number, isLoop: boolean) => Steering;
}

/** How generating ended. */
export interface GenerationEnd {
  readonly reason: StopReason;
  /** Tokens of the prompt that were in the KV cache from before. */
  readonly reusedCount: number;
}

/**
 * Computes what the KV cache does not hold of a prompt, then chooses tokens until one ends the text.
 * @throws RangeError when prompt and answer do not fit the context; the signal's reason when it aborts
 */
export async function generate(decoder: Decoder, input: GenerationInput): Promise<GenerationEnd> {
  const { sampler, stopTokenIds, maxTokens, signal, onToken } = input;
  const prefilled = await prefillPrompt(decoder, input);
  const end = (reason: StopReason): GenerationEnd => ({ reason, reusedCount: prefilled.reusedCount });
  let guard = new LoopGuard();
  let { logits } = prefilled;
  for (let count = 1;; count++) {
    const id = sampler.choose(logits);
    const steering = onToken(id, guard.push(id));
    if (stopTokenIds.includes(id)) return end("end");
    if (steering.kind === "stop") return end(steering.reason);
    const inserted = steering.kind === "insert" ? steering.ids : [];
    count += inserted.length;
    if (count >= maxTokens) return end("length");
    if (inserted.length === 0) logits = await decoder.step(id, signal);
    else {
      logits = await decoder.prefill([id, ...inserted], NO_VISUAL, { signal });
      guard = new LoopGuard();
    }
  }
}

/** A prompt to compute. */
export interface PrefillInput {
  readonly ids: readonly number[];
  readonly visual: VisualInput;
  /** Tokens to make room for behind the prompt. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the prompt is computed, what the cache held included. */
  readonly onPrefill?: (done: number, total: number) => void;
}

/**
 * Computes what the KV cache does not hold of a prompt.
 * @returns logits [vocabulary] of the token after it, and how many tokens the cache held
 * @throws RangeError when it does not fit the context; the signal's reason when it aborts
 */
export async function prefillPrompt(
  decoder: Decoder,
  { ids, visual, maxTokens = 0, signal, onPrefill }: PrefillInput,
): Promise<{ readonly logits: Float32Array; readonly reusedCount: number }> {
  const reusedCount = decoder.keepCommonPrefix(ids, visual);
  onPrefill?.(reusedCount, ids.length);
  const logits = await decoder.prefill(ids.slice(reusedCount), sliceVisual(visual, reusedCount, ids.length), {
    reserve: ids.length + maxTokens,
    signal,
    onProgress: (done) => onPrefill?.(reusedCount + done, ids.length),
  });
  return { logits, reusedCount };
}
