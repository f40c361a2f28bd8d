// Golden values of minicpmv45-spec.md sections 11.4 and 11.5: a tiny resampler and a tiny vision tower, whose weights
// are written by a formula and whose results come from the release's own code.

import assert from "node:assert/strict";
import type { ModelConfig } from "../../../sidecar/checkpoint/config.ts";
import type { PatchGrid } from "../../../sidecar/image/patches.ts";
import { planSlices, sliceCount } from "../../../sidecar/image/slice.ts";
import { buildResampler } from "../../../sidecar/model/resampler_graph.ts";
import { type SliceFeatures, VisionEncoder } from "../../../sidecar/model/vision_encoder.ts";
import { buildVisionTower } from "../../../sidecar/model/vision_graph.ts";
import { encodeFrames } from "../../../sidecar/model/visual_tokens.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { openGraph, WaveTensors } from "../../support/tiny_graph.ts";

const WIDTH = 8;
const FEATURES = 3;
const QUERIES = 2;
const TOLERANCE = 2e-5;

const runtime = new Runtime(runtimeLibrary(), 2);

function resamplerTensors(features = FEATURES): WaveTensors {
  return new WaveTensors()
    .add("resampler.query", QUERIES, WIDTH)
    .add("resampler.proj", WIDTH, WIDTH)
    .add("resampler.kv_proj.weight", WIDTH, features)
    .add("resampler.attn.in_proj_weight", 3 * WIDTH, WIDTH)
    .add("resampler.attn.in_proj_bias", 3 * WIDTH)
    .add("resampler.attn.out_proj.weight", WIDTH, WIDTH)
    .add("resampler.attn.out_proj.bias", WIDTH)
    .addNorm("resampler.ln_q", WIDTH).addNorm("resampler.ln_kv", WIDTH).addNorm("resampler.ln_post", WIDTH);
}

function towerTensors(): WaveTensors {
  const tensors = new WaveTensors()
    .addScaled(0.05, "vpm.embeddings.patch_embedding.weight", 8, 3, 14, 14)
    .add("vpm.embeddings.patch_embedding.bias", 8)
    .add("vpm.embeddings.position_embedding.weight", 4900, 8);
  for (const layer of [0, 1].map((i) => `vpm.encoder.layers.${i}`)) {
    for (const part of ["q", "k", "v", "out"]) {
      tensors.add(`${layer}.self_attn.${part}_proj.weight`, 8, 8).add(
        `${layer}.self_attn.${part}_proj.bias`,
        8,
      );
    }
    tensors.addNorm(`${layer}.layer_norm1`, 8).addNorm(`${layer}.layer_norm2`, 8)
      .add(`${layer}.mlp.fc1.weight`, 12, 8).add(`${layer}.mlp.fc1.bias`, 12)
      .add(`${layer}.mlp.fc2.weight`, 8, 12).add(`${layer}.mlp.fc2.bias`, 8);
  }
  return tensors.addNorm("vpm.post_layernorm", 8);
}

/** The tower's configuration. */
const TOWER = {
  decoder: { hiddenSize: WIDTH },
  vision: {
    hiddenSize: 8,
    layerCount: 2,
    headCount: 2,
    mlpSize: 12,
    patchSize: 14,
    positionsPerSide: 70,
    normEpsilon: 1e-6,
  },
  resampler: { queryCount: QUERIES, headCount: 2 },
} as ModelConfig;
/** The resampler's, which takes other features. */
const RESAMPLER = { ...TOWER, vision: { ...TOWER.vision, hiddenSize: FEATURES } };

async function withEncoder(
  config: ModelConfig,
  use: (encoder: VisionEncoder) => Promise<void>,
): Promise<void> {
  await using towerFolder = await tempFolder();
  await using resamplerFolder = await tempFolder();
  using encoder = new VisionEncoder(
    runtime,
    await openGraph(
      runtime,
      towerFolder.path,
      towerTensors().tensors,
      (layers) => buildVisionTower(layers, TOWER.vision),
    ),
    await openGraph(
      runtime,
      resamplerFolder.path,
      resamplerTensors().tensors,
      (layers) => buildResampler(layers, RESAMPLER),
    ),
    config,
  );
  await use(encoder);
}

function close(actual: Float32Array, expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    const distance = Math.abs((actual[i] as number) - value);
    assert.ok(distance < TOLERANCE, `${what}, element ${i} is ${actual[i]}, not ${value}`);
  });
}

/** Slice s of the golden values at a time. */
function slice(s: number, time: number): SliceFeatures {
  const [rows, columns] = ([[2, 3], [1, 2], [2, 2]] as const)[s] as readonly [number, number];
  const features = Float32Array.from({ length: rows * columns * FEATURES }, (_, i) => Math.cos(0.3 * i + s));
  return { rows, columns, time, features };
}

/** Both queries' tokens for groups of slices. */
const GOLDEN_GROUPS: readonly (readonly [group: readonly SliceFeatures[], tokens: readonly number[]])[] = [
  [[slice(0, -1)], [
    ...[-1.276240, -2.575033, -2.662748, -1.498131, 0.371081, 2.065767, 2.788892, 2.200356],
    ...[-1.828779, -2.881608, -2.579172, -1.063710, 0.952031, 2.520017, 2.902799, 1.920351],
  ]],
  [[slice(1, 3), slice(2, 17)], [
    ...[-0.962226, -2.357770, -2.644419, -1.687356, 0.063297, 1.784180, 2.665936, 2.293860],
    ...[-1.976603, -2.944999, -2.528316, -0.922527, 1.117141, 2.631401, 2.908071, 1.817030],
  ]],
  [[slice(1, -1)], [
    ...[-0.758857, -2.201668, -2.609000, -1.789279, -0.128032, 1.593431, 2.565478, 2.330941],
    ...[-1.480858, -2.700427, -2.649943, -1.353149, 0.580051, 2.240445, 2.847122, 2.114753],
  ]],
  [[slice(2, -1)], [
    ...[-1.027710, -2.405485, -2.651922, -1.651119, 0.126231, 1.844213, 2.694833, 2.278030],
    ...[-2.000574, -2.954435, -2.518779, -0.898502, 1.144354, 2.649003, 2.907784, 1.798989],
  ]],
];

Deno.test("VisionEncoder.resample() equals the release's resampler, for pictures and for groups of frames", () =>
  withEncoder(RESAMPLER, async (encoder) => {
    for (const [i, [group, tokens]] of GOLDEN_GROUPS.entries()) {
      close(await encoder.resample(group), tokens, `group ${i}`);
    }
  }));

Deno.test("VisionEncoder.encode() equals the release's vision tower", () =>
  withEncoder(TOWER, async (encoder) => {
    const [rows, columns, side] = [3, 5, 14];
    // The reference has the patches side by side in a strip, [3, 14, 14·15]; here each is a row of 588.
    const strip = Float32Array.from(
      { length: 3 * side * side * rows * columns },
      (_, i) => Math.sin(0.01 * i),
    );
    const patches = new Float32Array(strip.length);
    for (let i = 0; i < patches.length; i++) {
      const [patch, channel] = [Math.floor(i / 588), Math.floor(i / 196) % 3];
      const [y, x] = [Math.floor(i / side) % side, i % side];
      patches[i] = strip[(channel * side + y) * side * rows * columns + patch * side + x] as number;
    }
    const [features = new Float32Array()] = await encoder.encode([{ rows, columns, patches }]);
    const golden: Readonly<Record<number, readonly number[]>> = {
      0: [0.132375, 0.648552, -0.078524, 1.436988, 0.658146, -1.303065, -0.484566, -1.167152],
      7: [0.165891, 0.696105, 0.078485, 1.286771, 0.657072, -1.311274, -0.592761, -1.161504],
      14: [0.192571, 0.634732, 0.164247, 1.278227, 0.658234, -1.286728, -0.575464, -1.254442],
    };
    for (const [patch, values] of Object.entries(golden)) {
      close(features.subarray(Number(patch) * 8, (Number(patch) + 1) * 8), values, `patch ${patch}`);
    }
  }));

/** Noise of a kind, different in each slice. */
function grid(rows: number, columns: number, phase: number): PatchGrid {
  const patches = Float32Array.from({ length: rows * columns * 588 }, (_, i) => Math.sin(0.01 * i * phase));
  return { rows, columns, patches };
}

Deno.test("slices that run together have the features that they have alone", () =>
  withEncoder(TOWER, async (encoder) => {
    const slices = [grid(3, 4, 1), grid(3, 4, 2), grid(3, 4, 3)];
    const together = await encoder.encode(slices);
    assert.equal(together.length, 3);
    for (const [i, slice] of slices.entries()) {
      const [alone = new Float32Array()] = await encoder.encode([slice]);
      close(together[i] as Float32Array, [...alone], `slice ${i}`);
    }
    assert.notDeepEqual(together[0], together[1]);
    await assert.rejects(encoder.encode([grid(3, 4, 1), grid(4, 3, 1)]), RangeError);
  }));

Deno.test("encodeFrames() gives the same tokens whatever runs together", async () => {
  const config = {
    ...TOWER,
    slicing: { scaleResolution: 56, maxSliceCount: 4, patchSize: 14 },
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  } as ModelConfig;
  const size = { width: 150, height: 90 };
  const frames = [0, 7].map((time) => ({
    pixels: {
      ...size,
      data: Uint8Array.from(
        { length: 3 * size.width * size.height },
        (_, i) => 128 + 100 * Math.sin(i + time),
      ),
    },
    time,
  }));
  const plan = planSlices(size, config.slicing);
  const expectedSlices = 2 * sliceCount(plan);
  assert.ok(expectedSlices >= 6);
  const encodings: Float32Array[] = [];
  for (const batchPatches of [1, 40, 1000]) {
    await using towerFolder = await tempFolder();
    await using resamplerFolder = await tempFolder();
    using vision = new VisionEncoder(
      runtime,
      await openGraph(
        runtime,
        towerFolder.path,
        towerTensors().tensors,
        (layers) => buildVisionTower(layers, config.vision),
      ),
      await openGraph(
        runtime,
        resamplerFolder.path,
        resamplerTensors(8).tensors,
        (layers) => buildResampler(layers, config),
      ),
      config,
      batchPatches,
    );
    let done = 0;
    encodings.push(await encodeFrames({ vision, config }, frames, plan, { onSlice: () => done++ }));
    assert.equal(done, expectedSlices);
  }
  const [first, ...others] = encodings as [Float32Array, ...Float32Array[]];
  for (const other of others) close(other, [...first], "tokens");
});

Deno.test("VisionEncoder stops when its signal aborts, and works on", () =>
  withEncoder(RESAMPLER, async (encoder) => {
    await assert.rejects(encoder.resample([slice(0, -1)], AbortSignal.abort()), { name: "AbortError" });
    close(await encoder.resample([slice(0, -1)]), GOLDEN_GROUPS[0]?.[1] ?? [], "after an abort");
  }));
