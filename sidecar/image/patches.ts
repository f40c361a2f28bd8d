import { breathe } from "../breathe.ts";
import { crop, type Pixels } from "./pixels.ts";
import { resizeBicubic } from "./resize.ts";
import type { SlicePlan } from "./slice.ts";

/** Channel statistics of a checkpoint's preprocessor. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** A slice in the form the vision tower takes. */
export interface PatchGrid {
  /** Patches from top to bottom and from left to right. */
  readonly rows: number;
  readonly columns: number;
  /** [rows·columns, 3·P·P] float32, normalised; a row is one patch in the order channel, y, x. */
  readonly patches: Float32Array<ArrayBuffer>;
}

/**
 * Resizes and cuts a picture by plan: the overview, then the grid's cells row by row.
 * @throws the signal's reason when it aborts
 */
export async function cutSlices(picture: Pixels, plan: SlicePlan, signal?: AbortSignal): Promise<Pixels[]> {
  const slices = [await resizeBicubic(picture, plan.overview, signal)];
  if (plan.refined === null) return slices;
  const { grid, size, cell } = plan.refined;
  const refined = await resizeBicubic(picture, size, signal);
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      slices.push(crop(refined, column * cell.width, row * cell.height, cell.width, cell.height));
    }
  }
  return slices;
}

/** Normalises a slice, `(v / 255 - mean) / std`, and lays it out in patches. Its sides are multiples of `patchSize`. */
export async function toPatches(
  slice: Pixels,
  patchSize: number,
  { mean, std }: Normalization,
  signal?: AbortSignal,
): Promise<PatchGrid> {
  const rows = slice.height / patchSize;
  const columns = slice.width / patchSize;
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new RangeError(`a ${slice.width}x${slice.height} slice is not made of ${patchSize}-pixel patches`);
  }
  const area = patchSize * patchSize;
  const patches = new Float32Array(rows * columns * 3 * area);
  const tables = [0, 1, 2].map((channel) => normalizedBytes(mean[channel] as number, std[channel] as number));
  const pause = breathe(signal);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const patch = (row * columns + column) * 3 * area;
      for (let y = 0; y < patchSize; y++) {
        let source = ((row * patchSize + y) * slice.width + column * patchSize) * 3;
        for (let x = 0; x < patchSize; x++) {
          for (let channel = 0; channel < 3; channel++) {
            patches[patch + channel * area + y * patchSize + x] =
              (tables[channel] as Float32Array)[slice.data[source++] as number] as number;
          }
        }
      }
    }
    if (pause.isDue) await pause.now();
  }
  return { rows, columns, patches };
}

/** The normalised value of each byte, with float32 rounding after each step as the reference has it. */
function normalizedBytes(mean: number, std: number): Float32Array {
  return Float32Array.from(
    { length: 256 },
    (_, byte) => Math.fround(Math.fround(Math.fround(byte / 255) - Math.fround(mean)) / Math.fround(std)),
  );
}
