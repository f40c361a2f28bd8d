import type { Model } from "./model.ts";
import { cutSlices, toPatches } from "../image/patches.ts";
import type { Pixels } from "../image/pixels.ts";
import type { SlicePlan } from "../image/slice.ts";
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
  const slicesOfFrames: SliceFeatures[][] = [];
  for (const { pixels, time } of frames) {
    const encoded: SliceFeatures[] = [];
    for (const slice of await cutSlices(pixels, plan, signal)) {
      const grid = await toPatches(slice, config.slicing.patchSize, config.normalization, signal);
      encoded.push({ ...grid, time, features: await vision.encode(grid, signal) });
      options.onSlice?.();
    }
    slicesOfFrames.push(encoded);
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
