import { type Box, SCALE } from "./box.ts";

/** A part of a picture, in its pixels. */
export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Around the boxes stays this part of their size. */
const MARGIN = 0.5;

/** A view holds at least this part of the picture: below, there is nothing to see but pixels. */
const LEAST = 0.15;

/** The part of a picture that shows boxes and what is around them. */
export function viewOf(boxes: readonly Box[], widthPx: number, heightPx: number): PixelRect {
  const across = span(boxes.map(({ left }) => left), boxes.map(({ right }) => right));
  const down = span(boxes.map(({ top }) => top), boxes.map(({ bottom }) => bottom));
  return {
    x: across.start * widthPx,
    width: across.length * widthPx,
    y: down.start * heightPx,
    height: down.length * heightPx,
  };
}

/** From the first start to the last end with a margin, within 0 and 1. */
function span(starts: readonly number[], ends: readonly number[]) {
  const first = Math.min(...starts, SCALE) / SCALE;
  const last = Math.max(...ends, 0) / SCALE;
  if (last < first) return { start: 0, length: 1 };
  const length = Math.min(1, Math.max(LEAST, (last - first) * (1 + MARGIN)));
  const start = Math.min(1 - length, Math.max(0, (first + last - length) / 2));
  return { start, length };
}
