// Whether two frames look the same to a person: noise of compression and a blinking caret do not count, a typed word does.

import type { Pixels } from "../image/pixels.ts";

/** Tiles across and down that a frame is averaged over. */
const COLUMNS = 64;
const ROWS = 36;
/** Levels of grey, of 255, by which one tile alone may differ. */
const MAX_TILE_DIFFERENCE = 10;
/** Levels by which all tiles may differ on average. */
const MAX_MEAN_DIFFERENCE = 1;

/** Mean grey of each tile. */
export type Likeness = Float32Array;

/** Takes a frame's likeness. */
export function likenessOf({ width, height, data }: Pixels): Likeness {
  const sums = new Float32Array(COLUMNS * ROWS);
  const counts = new Float32Array(COLUMNS * ROWS);
  const columnOf = Uint8Array.from({ length: width }, (_, x) => Math.floor(x * COLUMNS / width));
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y * ROWS / height) * COLUMNS;
    for (let x = 0; x < width; x++, at += 3) {
      const tile = row + (columnOf[x] as number);
      // Luma in integers: BT.601 shares of 256.
      sums[tile] = (sums[tile] as number) +
        ((77 * (data[at] as number) + 150 * (data[at + 1] as number) + 29 * (data[at + 2] as number)) >> 8);
      counts[tile] = (counts[tile] as number) + 1;
    }
  }
  return sums.map((sum, tile) => sum / Math.max(counts[tile] as number, 1));
}

/** How much two frames differ: mean of the tiles' differences, and the largest. */
export function difference(a: Likeness, b: Likeness): { readonly mean: number; readonly largest: number } {
  let sum = 0;
  let largest = 0;
  for (let tile = 0; tile < a.length; tile++) {
    const difference = Math.abs((a[tile] as number) - (b[tile] as number));
    sum += difference;
    largest = Math.max(largest, difference);
  }
  return { mean: sum / a.length, largest };
}

/** Whether two frames look the same. */
export function areAlike(a: Likeness, b: Likeness): boolean {
  const { mean, largest } = difference(a, b);
  return mean <= MAX_MEAN_DIFFERENCE && largest <= MAX_TILE_DIFFERENCE;
}
