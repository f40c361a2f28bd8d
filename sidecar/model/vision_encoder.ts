// Runs the vision tower and the resampler: slices in, visual tokens out.

import type { ModelConfig } from "../checkpoint/config.ts";
import { joinFloats } from "../floats.ts";
import type { PatchGrid } from "../image/patches.ts";
import { allocate } from "../onnx/element_type.ts";
import type { Runtime } from "../onnx/runtime.ts";
import type { Session } from "../onnx/session.ts";
import { Tensor } from "../onnx/tensor.ts";
import { keyPositions, patchPositions } from "./positions.ts";

/** A slice's features with the shape and time they belong to. */
export interface SliceFeatures {
  readonly rows: number;
  readonly columns: number;
  /** Tenths of a second from the start of the video; -1 for a still picture. */
  readonly time: number;
  /** [rows·columns, vision hidden] float32. */
  readonly features: Float32Array<ArrayBuffer>;
}

/**
 * Most patches of slices that run together on the CPU. Measured with `bench/device/vision_batch.ts`: pairs of small slices are
 * a seventh faster; from 300 patches on, batches gain nothing, cost memory and take longer to stop.
 */
export const CPU_BATCH_PATCHES = 320;

/** Vision tower and resampler of a model. */
export class VisionEncoder implements Disposable {
  /** Most patches of slices that are worth running together; a larger slice runs alone. */
  readonly batchPatches: number;
  readonly #runtime: Runtime;
  readonly #tower: Session;
  readonly #resampler: Session;
  readonly #config: ModelConfig;

  constructor(
    runtime: Runtime,
    tower: Session,
    resampler: Session,
    config: ModelConfig,
    batchPatches = CPU_BATCH_PATCHES,
  ) {
    this.batchPatches = batchPatches;
    this.#runtime = runtime;
    this.#tower = tower;
    this.#resampler = resampler;
    this.#config = config;
  }

  /**
   * Features of slices of one size, in one run: [rows·columns, vision hidden] float32 each.
   * @throws RangeError when their sizes differ; the signal's reason when it aborts
   */
  async encode(slices: readonly PatchGrid[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>[]> {
    const { rows, columns } = slices[0] ?? { rows: 0, columns: 0 };
    if (slices.some((slice) => slice.rows !== rows || slice.columns !== columns)) {
      throw new RangeError("only slices of one size run together");
    }
    const { hiddenSize, positionsPerSide } = this.#config.vision;
    const count = rows * columns;
    const patches = joinFloats(slices.map((slice) => slice.patches));
    const positions = patchPositions(rows, columns, positionsPerSide);
    const length = count * hiddenSize;
    using patchesIn = Tensor.over(this.#runtime, "float32", patches, [
      ...[slices.length, count],
      patches.length / (slices.length * count),
    ]);
    using positionsIn = Tensor.over(this.#runtime, "int64", positions, [count]);
    using features = Tensor.over(this.#runtime, "float32", allocate("float32", slices.length * length), [
      ...[slices.length, count, hiddenSize],
    ]);
    using binding = this.#tower.bind()
      .input("patches", patchesIn).input("position_ids", positionsIn).output("features", features);
    await this.#tower.run(binding, signal === undefined ? {} : { signal });
    return slices.map((_, i) => features.data.subarray(i * length, (i + 1) * length));
  }

  /**
   * Visual tokens of a group of slices: one still slice, or the frames of a packing group.
   * @returns [queries, hidden] float32
   * @throws the signal's reason when it aborts
   */
  async resample(group: readonly SliceFeatures[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const { decoder: { hiddenSize }, vision, resampler: { queryCount } } = this.#config;
    const count = group.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
    const joined = joinFloats(group.map(({ features }) => features));
    using featuresIn = Tensor.over(this.#runtime, "float32", joined, [count, vision.hiddenSize]);
    using positionsIn = Tensor.over(this.#runtime, "float32", keyPositions(group, hiddenSize), [
      count,
      hiddenSize,
    ]);
    using tokens = Tensor.over(this.#runtime, "float32", allocate("float32", queryCount * hiddenSize), [
      queryCount,
      hiddenSize,
    ]);
    using binding = this.#resampler.bind()
      .input("features", featuresIn).input("key_positions", positionsIn).output("tokens", tokens);
    await this.#resampler.run(binding, signal === undefined ? {} : { signal });
    return tokens.data;
  }

  [Symbol.dispose](): void {
    this.#tower[Symbol.dispose]();
    this.#resampler[Symbol.dispose]();
  }
}
