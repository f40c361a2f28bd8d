// Which frames of a video a model sees, and how they share visual tokens, as the release's model card chooses them.
// Knows numbers only: no files, no pixels.
// @see minicpmv45-spec.md section 6.3

import { roundHalfEven } from "../image/slice.ts";
import { MAX_GROUPS, MAX_PACKING } from "../model/video_groups.ts";

/** Most frames in a group unless a person asks for more. */
const USUAL_PACKING = 3;
const DEFAULT_FRAMES_PER_SECOND = 3;

/** What there is to choose from. */
export interface FrameSpan {
  /** At least 1. */
  readonly frameCount: number;
  /** Mean frames a second. */
  readonly frameRate: number;
}

/** What a person may ask for. */
export interface SamplingLimits {
  /** Frames a second to look at, where there is room. */
  readonly framesPerSecond?: number | undefined;
  /** Frames in a group, 1 to 6. */
  readonly packing?: number | undefined;
  /** Most groups; at most 180. */
  readonly maxGroups?: number | undefined;
}

/** The frames to look at. */
export interface FrameChoice {
  /** Frames in a group; the last group may have fewer. */
  readonly packing: number;
  /** Indices of frames, ascending. */
  readonly indices: readonly number[];
}

/**
 * Chooses frames spread evenly over a span.
 * @throws RangeError when a limit is none
 */
export function chooseFrames(span: FrameSpan, limits: SamplingLimits = {}): FrameChoice {
  const { frameCount } = span;
  const { framesPerSecond = DEFAULT_FRAMES_PER_SECOND, packing = 1 } = limits;
  if (!(framesPerSecond > 0)) throw new RangeError(`${framesPerSecond} frames a second cannot be looked at`);
  if (!(Number.isInteger(packing) && packing >= 1 && packing <= MAX_PACKING)) {
    throw new RangeError(`a group holds 1 to ${MAX_PACKING} frames, not ${packing}`);
  }
  const maxGroups = Math.min(limits.maxGroups ?? MAX_GROUPS, MAX_GROUPS);
  const plan = planFrames(
    span,
    framesPerSecond,
    maxGroups,
    limits.packing,
  );
  const count = Math.max(1, Math.min(plan.count, frameCount, maxGroups * plan.packing));
  const gap = frameCount / count;
  const indices = Array.from({ length: count }, (_, i) => Math.trunc(i * gap + gap / 2));
  return { packing: plan.packing, indices };
}

function planFrames(
  { frameCount, frameRate }: FrameSpan,
  wanted: number,
  maxGroups: number,
  forced: number | undefined,
): { packing: number; count: number } {
  const durationS = frameCount / frameRate;
  if (wanted * Math.trunc(durationS) <= maxGroups) {
    // Of a video with less than a frame in two seconds the card would take none.
    const perSecond = Math.min(wanted, Math.max(roundHalfEven(frameRate), frameRate < 1 ? frameRate : 1));
    return { packing: forced ?? 1, count: roundHalfEven(perSecond * Math.min(maxGroups, durationS)) };
  }
  const mostPacking = forced ?? USUAL_PACKING;
  const packing = Math.ceil((durationS * wanted) / maxGroups);
  return packing <= mostPacking
    ? { packing: forced ?? packing, count: roundHalfEven(durationS * wanted) }
    : { packing: mostPacking, count: maxGroups * mostPacking };
}
