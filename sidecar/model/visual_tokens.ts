import type { ModelConfig } from "../checkpoint/config.ts";
import { cutSlices, type PatchGrid, toPatches } from "../image/patches.ts";
import type { Pixels } from "../image/pixels.ts";
import type { SlicePlan } from "../image/slice.ts";
import type { Model } from "./model.ts";
import type { SliceFeatures } from "./vision_encoder.ts";

/** One or more pictures that share visual tokens: a still picture, or the frames of a packing group. */
export interface Frame {
  readonly pixels: Pixels;
  /** Tenths of a second from the start of the video; -1 for a still picture. */
  readonly time: number;
}

/**
 * Encodes a still picture or a packing group of frames of one size.
 * @param plan how each frame is sliced
 * @param onSlice called after each slice that went through the vision tower
 * @returns [slices · queries, hidden] float32: the overview's tokens, then each cell's, row by row
 * @throws the signal's reason when it aborts
 * @see minicpmv45-spec.md section 4.3
 */
export async function encodeFrames(
  { vision, config }: Pick<Model, "vision" | "config">,
  frames: readonly Frame[],
  plan: SlicePlan,
  options: { readonly signal?: AbortSignal | undefined; readonly onSlice?: () => void } = {},
): Promise<Float32Array<ArrayBuffer>> {
  const { signal } = options;
  const slicesOfFrames: SliceFeatures[][] = frames.map(() => []);
  for await (const batch of batches(cutFrames(frames, plan, config, signal), vision.batchPatches)) {
    const encoded = await vision.encode(batch.map(({ grid }) => grid), signal);
    for (const [i, { frame, grid: { rows, columns } }] of batch.entries()) {
      const features = encoded[i] as Float32Array<ArrayBuffer>;
      slicesOfFrames[frame]?.push({ rows, columns, time: (frames[frame] as Frame).time, features });
      options.onSlice?.();
    }
  }
  const count = slicesOfFrames[0]?.length ?? 0;
  const length = config.resampler.queryCount * config.decoder.hiddenSize;
  const tokens = new Float32Array(count * length);
  for (let i = 0; i < count; i++) {
    const group = slicesOfFrames.map((slices) => slices[i] as SliceFeatures);
    tokens.set(await vision.resample(group, signal), i * length);
  }
  return tokens;
}

interface FrameSlice {
  /** Index of the frame that it is cut from. */
  readonly frame: number;
  readonly grid: PatchGrid;
}

async function* cutFrames(
  frames: readonly Frame[],
  plan: SlicePlan,
  { slicing, normalization }: ModelConfig,
  signal?: AbortSignal,
): AsyncGenerator<FrameSlice> {
  for (const [frame, { pixels }] of frames.entries()) {
    for (const slice of await cutSlices(pixels, plan, signal)) {
      yield { frame, grid: await toPatches(slice, slicing.patchSize, normalization, signal) };
    }
  }
}

/** Slices of one size that follow each other, as many as may run together. */
async function* batches(
  slices: AsyncIterable<FrameSlice>,
  batchPatches: number,
): AsyncGenerator<FrameSlice[]> {
  let batch: FrameSlice[] = [];
  for await (const slice of slices) {
    const { rows, columns } = slice.grid;
    const first = batch[0]?.grid ?? slice.grid;
    const isFull = (batch.length + 1) * rows * columns > batchPatches;
    if (batch.length > 0 && (isFull || first.rows !== rows || first.columns !== columns)) {
      yield batch;
      batch = [];
    }
    batch.push(slice);
  }
  if (batch.length > 0) yield batch;
}
