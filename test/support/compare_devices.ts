// How far a model's results on a device are from those on the CPU, as shares of the largest magnitude, in JSON. A
// program of its own, because a device is looked for with the environment that a process has from its start:
// `deno run -A compare_devices.ts <device> <checkpoint> <cache folder> <precision> <style in JSON>`.

import type { Device, Precision } from "../../protocol/conversation.ts";
import type { GraphStyle } from "../../sidecar/model/graph_style.ts";
import { loadModel, type Model } from "../../sidecar/model/model.ts";
import { Runtime } from "../../sidecar/onnx/runtime.ts";
import { runtimeLibrary } from "./runtime_library.ts";

const [device, folder, cacheFolder, precision, styleText] = Deno.args as [
  ...[Device, string, string, Precision, string],
];
const SIDE = 6;
/** SwiftShader's subgroups are too small for the provider's attention over more than 32 tokens at once. */
const PROMPT_TOKENS = 20;

async function results({ vision, decoder, config }: Model): Promise<Record<string, Float32Array>> {
  const { patchSize } = config.vision;
  const slices = [1, 2].map((phase) => ({
    ...{ rows: SIDE, columns: SIDE },
    patches: Float32Array.from(
      { length: SIDE * SIDE * 3 * patchSize ** 2 },
      (_, i) => Math.sin(0.37 * i * phase),
    ),
  }));
  const [first, second] = await vision.encode(slices) as [
    Float32Array<ArrayBuffer>,
    Float32Array<ArrayBuffer>,
  ];
  const time = -1;
  const resampled = await vision.resample([{ rows: SIDE, columns: SIDE, time, features: first }]);
  const ids = Array.from({ length: PROMPT_TOKENS }, (_, i) => 5 + 7 * i);
  const width = config.decoder.hiddenSize;
  const tokens = Float32Array.from({ length: 2 * width }, (_, i) => Math.sin(i));
  const prompt = (await decoder.prefill(ids, { positions: [3, 4], tokens })).slice();
  const step = (await decoder.step(7)).slice();
  // More room than there is: the cache moves on the device.
  const nothing = { positions: [], tokens: new Float32Array() };
  const grown =
    (await decoder.prefill([9, 8], nothing, { reserve: Math.min(600, config.decoder.contextLength) }))
      .slice();
  return { first, second, resampled, prompt, step, grown };
}

async function resultsOn(device: Device, style: Partial<GraphStyle>) {
  const location = { id: "x", folder, precision, cacheFolder, device, style };
  using model = await loadModel(runtime, location);
  return await results(model);
}

function share(actual: Float32Array, expected: Float32Array): number {
  let [largest, scale] = [0, 0];
  expected.forEach((value, i) => {
    const distance = Math.abs((actual[i] as number) - value);
    largest = Number.isNaN(distance) ? Infinity : Math.max(largest, distance);
    scale = Math.max(scale, Math.abs(value));
  });
  return largest / scale;
}

using runtime = new Runtime(runtimeLibrary(), 2);
const expected = await resultsOn("cpu", { accuracyLevel: 0 });
const actual = await resultsOn(device, JSON.parse(styleText) as Partial<GraphStyle>);
const shares = Object.entries(actual).map((
  [name, values],
) => [name, share(values, expected[name] as Float32Array)]);
console.log(JSON.stringify(Object.fromEntries(shares)));
