// Looks at the frames that are to be taken. Where many look like the one before, as in a recording of a screen, those
// are dropped, and as many others are looked for around changes.

import { areAlike, difference, type Likeness, likenessOf } from "./likeness.ts";
import type { VideoSource } from "./video_source.ts";

/** Share of frames like the one before that makes a video a recording of a screen. */
const RECORDING_SHARE = 1 / 3;
/** Shortest time between two frames: temporal ids count tenths of a second. */
const FINEST_STEP_S = 0.1;
/** Each round halves the time in which a change happened. */
const MAX_ROUNDS = 5;

/** The moments to take frames at. */
export interface ChosenMoments {
  /** Ascending. */
  readonly usedS: readonly number[];
  /** Looked at and dropped, ascending. */
  readonly droppedS: readonly number[];
  /** Moments that were looked at in vain. */
  readonly damagedCount: number;
}

/** How to choose. */
export interface MomentOptions {
  readonly stillFrames: "auto" | "drop" | "keep";
  /** Called with how many frames have been looked at. */
  readonly onLook?: ((count: number) => void) | undefined;
}

interface Look {
  readonly timeS: number;
  readonly likeness: Likeness;
}

/**
 * Chooses among moments of a video.
 * @param timesS ascending
 */
export async function chooseMoments(
  source: VideoSource,
  timesS: readonly number[],
  options: MomentOptions,
): Promise<ChosenMoments> {
  const { stillFrames } = options;
  if (stillFrames === "keep") return { usedS: timesS, droppedS: [], damagedCount: 0 };
  const looked: Look[] = await look(source, timesS, options, 0);
  const damagedCount = timesS.length - looked.length;
  const keepAll = { usedS: looked.map(({ timeS }) => timeS), droppedS: [], damagedCount };
  const stillCount = looked.length - distinct(looked).length;
  if (stillFrames === "auto" && stillCount < RECORDING_SHARE * (looked.length - 1)) return keepAll;
  if (stillCount === 0) return keepAll;
  await refine(source, looked, timesS.length, options);
  const used = new Set(distinct(looked));
  return {
    usedS: looked.filter((one) => used.has(one)).map(({ timeS }) => timeS),
    droppedS: looked.filter((one) => !used.has(one)).map(({ timeS }) => timeS),
    damagedCount,
  };
}

/** Looks at moments in the middle of those between which something changed, as long as there is room for frames. */
async function refine(
  source: VideoSource,
  looked: Look[],
  room: number,
  options: MomentOptions,
): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const free = room - distinct(looked).length;
    const middles = changes(looked).slice(0, Math.max(free, 0)).map(({ middleS }) => middleS);
    if (middles.length === 0) return;
    middles.sort((a, b) => a - b);
    looked.push(...await look(source, middles, options, looked.length));
    looked.sort((a, b) => a.timeS - b.timeS);
  }
}

/** Stretches in which something changed and that can be halved, the largest change first. */
function changes(looked: readonly Look[]): { readonly middleS: number }[] {
  return looked.slice(1).flatMap((after, i) => {
    const before = looked[i] as Look;
    const isShort = after.timeS - before.timeS < 2 * FINEST_STEP_S;
    if (isShort || areAlike(before.likeness, after.likeness)) return [];
    const { mean } = difference(before.likeness, after.likeness);
    return [{ middleS: (before.timeS + after.timeS) / 2, mean }];
  }).sort((a, b) => b.mean - a.mean);
}

/** The first of each stretch of frames that look the same. Small changes add up: each is held against the last kept. */
function distinct(looked: readonly Look[]): Look[] {
  const kept: Look[] = [];
  for (const one of looked) {
    const last = kept.at(-1);
    if (last === undefined || !areAlike(last.likeness, one.likeness)) kept.push(one);
  }
  return kept;
}

async function look(
  source: VideoSource,
  timesS: readonly number[],
  { onLook }: MomentOptions,
  before: number,
): Promise<Look[]> {
  const looked: Look[] = [];
  for await (const { index, pixels } of source.frames(timesS)) {
    looked.push({ timeS: timesS[index] as number, likeness: likenessOf(pixels) });
    onLook?.(before + looked.length);
  }
  return looked;
}
