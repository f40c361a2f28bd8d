// The decode loop: from a prompt to token ids. Deals in ids only.

import type { StopReason } from "../protocol/conversation.ts";
import { LoopGuard } from "./loop_guard.ts";
import type { Decoder, VisualInput } from "./model/decoder.ts";
import type { Sampler } from "./sampling.ts";

/** What to generate from. */
export interface GenerationInput {
  readonly ids: readonly number[];
  readonly visual: VisualInput;
  readonly sampler: Sampler;
  readonly stopTokenIds: readonly number[];
  /** Most tokens to generate. */
  readonly maxTokens: number;
  readonly signal?: AbortSignal | undefined;
  readonly onPrefill?: (done: number, total: number) => void;
}

/**
 * Yields token ids as they are chosen, the stop token included, and returns why it stopped.
 * @throws RangeError when prompt and answer do not fit the context; the signal's reason when it aborts
 */
export async function* generate(
  decoder: Decoder,
  input: GenerationInput,
): AsyncGenerator<number, StopReason> {
  const { ids, visual, sampler, stopTokenIds, maxTokens, signal, onPrefill } = input;
  const guard = new LoopGuard();
  decoder.reset();
  let logits = await decoder.prefill(ids, visual, {
    reserve: ids.length + maxTokens,
    signal,
    ...(onPrefill === undefined ? {} : { onProgress: onPrefill }),
  });
  for (let count = 1;; count++) {
    const id = sampler.choose(logits);
    yield id;
    if (stopTokenIds.includes(id)) return "end";
    if (guard.push(id)) return "loop";
    if (count >= maxTokens) return "length";
    logits = await decoder.step(id, signal);
  }
}
