// How frames of a video share visual tokens, and how their times are told to the model.
// @see minicpmv45-spec.md section 6.3

import type { ModelConfig } from "../checkpoint/config.ts";

/** Most groups of frames in a video. */
export const MAX_GROUPS = 180;
/** Most frames in a group that a model takes. */
export const MAX_PACKING = 6;
/** Seconds in a step of temporal ids. */
const TIME_SCALE_S = 0.1;
/** Share of the context that a video may take. */
const CONTEXT_SHARE = 0.6;
/** Tokens of a group beside the visual ones: two markers and a line feed. */
const MARKER_TOKENS = 3;

/** Most groups of frames that a model has room for beside a conversation. */
export function maxGroupsOf({ decoder, resampler }: Pick<ModelConfig, "decoder" | "resampler">): number {
  const room = Math.floor((CONTEXT_SHARE * decoder.contextLength) / (resampler.queryCount + MARKER_TOKENS));
  return Math.min(MAX_GROUPS, Math.max(1, room));
}

/**
 * The temporal id of a moment: tenths of a second from the start, as the card's search on its time scale finds it.
 * Some come out one lower than the nearest tenth, because the card divides floating-point numbers.
 * @param durationS the scale ends before it
 */
export function temporalId(timeS: number, durationS: number): number {
  const last = Math.max(Math.ceil(durationS / TIME_SCALE_S) - 1, 0);
  const nearest = Math.min(Math.max(Math.round(timeS / TIME_SCALE_S), 0), last);
  return Math.trunc((nearest * TIME_SCALE_S) / TIME_SCALE_S);
}

/** Cuts a list into groups of `packing`; the last one may be shorter. */
export function group<T>(items: readonly T[], packing: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / packing) },
    (_, i) => items.slice(i * packing, (i + 1) * packing),
  );
}
