// How fast a device is with weights of given shapes: vision tower and resampler, prompts, single tokens.

import type { Device } from "../../protocol/conversation.ts";
import type { ModelConfig } from "../../sidecar/checkpoint/config.ts";
import { buildGraphs } from "../../sidecar/model/build.ts";
import { Decoder } from "../../sidecar/model/decoder.ts";
import { placementOn } from "../../sidecar/model/device.ts";
import type { GraphStyle } from "../../sidecar/model/graph_style.ts";
import { openSessions } from "../../sidecar/model/model.ts";
import { VisionEncoder } from "../../sidecar/model/vision_encoder.ts";
import type { Runtime } from "../../sidecar/onnx/runtime.ts";
import { ReusedWeights } from "./reused_weights.ts";

export type Shapes = Pick<ModelConfig, "decoder" | "vision" | "resampler">;

/** What was measured; times are the fastest of the rounds. */
export interface Speed {
  /** Seconds from the weights file to three sessions. */
  readonly loadSeconds: number;
  readonly visionMsAlone: number;
  /** Per slice, when as many run together as the device is given. */
  readonly visionMsTogether: number;
  readonly slicesTogether: number;
  readonly resamplerMs: number;
  readonly promptTokensPerSecond: number;
  readonly tokensPerSecond: number;
}

/** Sizes and rounds of a measurement. */
export interface Work {
  /** Patches along each side of a slice; the release's have 32. */
  readonly side: number;
  readonly promptTokens: number;
  readonly steps: number;
  readonly rounds: number;
}

/**
 * Measures a device over int4 weights in blocks of 32.
 * @param folder an empty folder for the weights
 * @throws Failure "device-unavailable"; OrtError when a run fails
 */
export async function measureSpeed(
  runtime: Runtime,
  device: Device,
  style: Partial<GraphStyle>,
  shapes: Shapes,
  work: Work,
  folder: string,
): Promise<Speed> {
  const placement = placementOn(device);
  const placed = { ...placement, style: { ...placement.style, ...style } };
  const weights = new ReusedWeights({ bits: 4, blockSize: 32 });
  const graphs = buildGraphs(weights, shapes as ModelConfig, placed.style);
  await weights.write(folder);
  const start = performance.now();
  const sessions = await openSessions(runtime, { ...graphs, weightsFolder: folder }, placed, folder);
  const loadSeconds = (performance.now() - start) / 1000;
  const config = shapes as ModelConfig;
  using vision = new VisionEncoder(runtime, sessions.vision, sessions.resampler, config, placed.batchPatches);
  using decoder = new Decoder(runtime, sessions.decoder, shapes.decoder, sessions.memory);
  return {
    loadSeconds,
    ...await measureVision(vision, shapes, work),
    ...await measureDecoder(decoder, work, shapes.decoder.vocabularySize),
  };
}

async function measureVision(vision: VisionEncoder, { vision: { patchSize } }: Shapes, work: Work) {
  const { side, rounds } = work;
  const length = side * side * 3 * patchSize ** 2;
  const slice = (phase: number) => ({
    ...{ rows: side, columns: side },
    patches: Float32Array.from({ length }, (_, i) => Math.sin(0.37 * i + phase)),
  });
  const slicesTogether = Math.max(1, Math.floor(vision.batchPatches / (side * side)));
  const batch = Array.from({ length: slicesTogether }, (_, i) => slice(i));
  const [features = new Float32Array()] = await vision.encode(batch.slice(0, 1));
  requireFinite(features, "the vision tower");
  const visionMsAlone = await fastest(rounds, () => vision.encode(batch.slice(0, 1)));
  const together = await fastest(rounds, () => vision.encode(batch));
  const resamplerMs = await fastest(
    rounds,
    () => vision.resample([{ rows: side, columns: side, time: -1, features }]),
  );
  return { visionMsAlone, visionMsTogether: together / slicesTogether, slicesTogether, resamplerMs };
}

async function measureDecoder(decoder: Decoder, work: Work, vocabularySize: number) {
  const { promptTokens, steps, rounds } = work;
  const nothing = { positions: [], tokens: new Float32Array() };
  const ids = Array.from({ length: promptTokens }, (_, i) => (i * 7919 + 13) % vocabularySize);
  const reserve = promptTokens + steps + 1;
  const prefill = async () => {
    decoder.reset();
    requireFinite(await decoder.prefill(ids, nothing, { reserve }), "the decoder");
  };
  await prefill(); // Devices compile their programs in the first run.
  const promptMs = await fastest(rounds, prefill);
  await decoder.step(1);
  const stepsMs = await fastest(1, async () => {
    for (let i = 0; i < steps; i++) await decoder.step(i % vocabularySize);
  });
  return { promptTokensPerSecond: 1000 * promptTokens / promptMs, tokensPerSecond: 1000 * steps / stepsMs };
}

async function fastest(rounds: number, run: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function requireFinite(values: Float32Array, what: string): void {
  if (!values.every(Number.isFinite)) throw new Error(`${what} gave values that are no numbers`);
}
