// Cuts a text box out of a picture and lays it straight, at the height that the networks read.

import type { Pixels } from "../image/pixels.ts";
import type { Quad } from "./geometry.ts";

/** Where a strip goes in a batch. */
export interface StripPlace {
  /** [batch, 3, height, width] float32: blue, green and red from -1 to 1. */
  readonly values: Float32Array;
  readonly index: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a box as a strip of a width, and fills what is left of the place with zeros.
 * Boxes larger than the strip are averaged, smaller ones interpolated.
 */
export function drawStrip(picture: Pixels, quad: Quad, stripWidth: number, place: StripPlace): void {
  const { values, index, width, height } = place;
  const [[x0, y0], [x1, y1], , [x3, y3]] = quad;
  const alongX = (x1 - x0) / stripWidth, alongY = (y1 - y0) / stripWidth;
  const acrossX = (x3 - x0) / height, acrossY = (y3 - y0) / height;
  const samples = Math.max(1, Math.round(Math.hypot(acrossX, acrossY)));
  const plane = width * height;
  const start = index * 3 * plane;
  const sums = [0, 0, 0] as [number, number, number];
  const scale = 2 / (255 * samples * samples);
  for (let y = 0; y < height; y++) {
    const out = start + y * width;
    for (let x = 0; x < stripWidth; x++) {
      sums.fill(0);
      for (let j = 0; j < samples; j++) {
        const v = y + (j + 0.5) / samples;
        for (let i = 0; i < samples; i++) {
          const u = x + (i + 0.5) / samples;
          addPixel(picture, x0 + u * alongX + v * acrossX - 0.5, y0 + u * alongY + v * acrossY - 0.5, sums);
        }
      }
      values[out + x] = sums[2] * scale - 1;
      values[out + plane + x] = sums[1] * scale - 1;
      values[out + 2 * plane + x] = sums[0] * scale - 1;
    }
  }
}

/** Adds the picture's colour at a point between pixels. */
function addPixel(
  { width, height, data }: Pixels,
  x: number,
  y: number,
  sums: [number, number, number],
): void {
  const left = Math.floor(x), top = Math.floor(y);
  const fx = x - left, fy = y - top;
  const x0 = clamp(left, width) * 3, x1 = clamp(left + 1, width) * 3;
  const row0 = clamp(top, height) * width * 3, row1 = clamp(top + 1, height) * width * 3;
  for (let c = 0; c < 3; c++) {
    const upper = (data[row0 + x0 + c] as number) * (1 - fx) + (data[row0 + x1 + c] as number) * fx;
    const lower = (data[row1 + x0 + c] as number) * (1 - fx) + (data[row1 + x1 + c] as number) * fx;
    sums[c as 0 | 1 | 2] += upper * (1 - fy) + lower * fy;
  }
}

function clamp(position: number, length: number): number {
  return position < 0 ? 0 : position >= length ? length - 1 : position;
}
