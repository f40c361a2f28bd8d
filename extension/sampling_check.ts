// Checks what a page or a saved conversation says about which frames of a recording are wanted.

import type { VideoSampling } from "../protocol/video_reader.ts";
import { isObject } from "./plain_values.ts";

/** A year, which no recording reaches. */
const MAX_TIME_S = 366 * 24 * 3600;

const STILL_FRAMES = ["auto", "drop", "keep"] as const;

/** The sampling, or null when it is none; fields that it does not have are dropped. */
export function readSampling(value: unknown): VideoSampling | null {
  if (!isObject(value)) return null;
  const { framesPerSecond, packing, fromS, toS, stillFrames } = value;
  const isFine = isIn(framesPerSecond, 0.001, 30) && isIn(packing, 1, 6) && isWhole(packing) &&
    isIn(fromS, 0, MAX_TIME_S) && isIn(toS, 0, MAX_TIME_S);
  const chosen = STILL_FRAMES.find((known) => known === stillFrames);
  if (!isFine || (stillFrames !== undefined && chosen === undefined)) return null;
  return {
    ...optional("framesPerSecond", framesPerSecond),
    ...optional("packing", packing),
    ...optional("fromS", fromS),
    ...optional("toS", toS),
    ...optional("stillFrames", chosen),
  };
}

/** Whether a value is left out, or a number in a range. */
function isIn(value: unknown, from: number, to: number): value is number | undefined {
  return value === undefined || (typeof value === "number" && value >= from && value <= to);
}

function isWhole(value: number | undefined): boolean {
  return value === undefined || Number.isInteger(value);
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]: V };
}
