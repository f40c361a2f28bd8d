// Cuts a text box out of a picture and lays it straight, at the height that the networks read.

import type { Pause } from "../breathe.ts";
import type { Pixels } from "../image/pixels.ts";
import type { Quad } from "./geometry.ts";

/** Where a strip goes in a batch. */
export interface StripPlace {
  /** [batch, 3, height, width] float32: blue, green and red from -1 to 1; zeros where nothing is drawn yet. */
  readonly values: Float32Array;
  readonly index: number;
  readonly width: number;
  readonly height: number;
}

/** A pixel of a strip is the mean of this many points of the picture along each side, at most. */
const MAX_SAMPLES = 4;

/**
 * Draws a box as a strip of a width, and leaves the rest of the place as it is.
 * Boxes larger than the strip are averaged, smaller ones interpolated.
 * @throws the signal's reason when it aborts
 */
export async function drawStrip(
  picture: Pixels,
  quad: Quad,
  stripWidth: number,
  place: StripPlace,
  pause: Pause,
): Promise<void> {
  const [[x0, y0], [x1, y1], , [x3, y3]] = quad;
  const alongX = (x1 - x0) / stripWidth, alongY = (y1 - y0) / stripWidth;
  const acrossX = (x3 - x0) / place.height, acrossY = (y3 - y0) / place.height;
  const count = Math.min(MAX_SAMPLES, Math.max(1, Math.round(Math.hypot(acrossX, acrossY))));
  for (let y = 0; y < place.height; y++) {
    for (let k = 0; k < count * count; k++) {
      const u = (k % count + 0.5) / count;
      const v = y + (Math.floor(k / count) + 0.5) / count;
      const fromX = x0 + u * alongX + v * acrossX - 0.5;
      const fromY = y0 + u * alongY + v * acrossY - 0.5;
      addRow(
        picture,
        { fromX, fromY, stepX: alongX, stepY: alongY, stepCount: stripWidth },
        place,
        y,
        count * count,
      );
      if (pause.isDue) await pause.now();
    }
  }
}

/** Points in a picture, one for each pixel of a strip's row. */
interface Walk {
  readonly fromX: number;
  readonly fromY: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly stepCount: number;
}

/** Adds the colours along a walk to a row, as one of `share` samples of each of its pixels. */
function addRow(
  { width, height, data }: Pixels,
  walk: Walk,
  place: StripPlace,
  y: number,
  share: number,
): void {
  const { fromX, fromY, stepX, stepY, stepCount } = walk;
  const plane = place.width * place.height;
  const out = place.index * 3 * plane + y * place.width;
  const scale = 2 / (255 * share);
  const { values } = place;
  for (let i = 0; i < stepCount; i++) {
    const x = clamp(fromX + i * stepX, width - 1), yy = clamp(fromY + i * stepY, height - 1);
    const left = Math.floor(x), top = Math.floor(yy);
    const fx = x - left, fy = yy - top;
    const right = left + 1 < width ? 3 : 0, below = top + 1 < height ? width * 3 : 0;
    const at = (top * width + left) * 3;
    for (let c = 0; c < 3; c++) {
      const upper = (data[at + c] as number) * (1 - fx) + (data[at + right + c] as number) * fx;
      const lower = (data[at + below + c] as number) * (1 - fx) +
        (data[at + below + right + c] as number) * fx;
      const to = out + (2 - c) * plane + i;
      values[to] = (values[to] as number) + (upper * (1 - fy) + lower * fy) * scale - 1 / share;
    }
  }
}

function clamp(position: number, limit: number): number {
  return position < 0 ? 0 : position > limit ? limit : position;
}
