// The decoder against itself: however a prompt is cut and fed, and however often the cache moves, the logits are the
// same. That they are right is held in parity_test.ts.

import assert from "node:assert/strict";
import { dequantizeBlocks, quantizeBlocks } from "../../../sidecar/model/quantize.ts";
import { NO_VISUAL, sliceVisual, type VisualInput } from "../../../sidecar/model/decoder.ts";
import { loadModel, type Model } from "../../../sidecar/model/model.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import type { Precision } from "../../../protocol/conversation.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";
import type { TensorToWrite } from "../../support/safetensors_file.ts";
import { type TempFolder, tempFolder } from "../../support/temp_folder.ts";
import { writeTinyCheckpoint } from "../../support/tiny_checkpoint.ts";

const runtime = new Runtime(runtimeLibrary(), 2);

function load(folder: TempFolder, precision: Precision = "fp32"): Promise<Model> {
  return loadModel(runtime, {
    id: "tiny",
    folder: `${folder.path}/checkpoint`,
    precision,
    cacheFolder: `${folder.path}/cache`,
  });
}

const ids = Array.from({ length: 400 }, (_, i) => (i * 37 + 11) % 4000);

function distance(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number)))) / Math.max(...b.map(Math.abs));
}

Deno.test("Decoder gives the same logits however a prompt is fed", async (t) => {
  await using folder = await tempFolder();
  const { config } = await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  using model = await load(folder);
  const { decoder } = model;
  const { hiddenSize } = config.decoder;
  const visual = {
    positions: [3, 4, 254, 255, 256, 257, 399],
    tokens: Float32Array.from({ length: 7 * hiddenSize }, (_, i) => Math.sin(i)),
  };
  // 400 tokens are two chunks, with visual tokens on both sides of the border.
  const whole = (await decoder.prefill(ids, visual)).slice();
  assert.equal(decoder.length, 400);

  await t.step("token by token, while the cache grows", async () => {
    decoder.reset();
    let logits = await decoder.prefill(ids.slice(0, 258), {
      positions: visual.positions.slice(0, 6),
      tokens: visual.tokens.subarray(0, 6 * hiddenSize),
    });
    for (const id of ids.slice(258, 399)) logits = await decoder.step(id);
    assert.equal(decoder.length, 399);
    logits = await decoder.prefill([7], { positions: [0], tokens: visual.tokens.subarray(6 * hiddenSize) });
    assert.ok(distance(logits, whole) < 1e-4);
  });
  await t.step("again, in memory that has been used", async () => {
    decoder.reset();
    await decoder.prefill(ids.map((id) => id + 1), NO_VISUAL);
    decoder.reset();
    assert.deepEqual(await decoder.prefill(ids, visual), whole);
  });
  await t.step("and visual tokens do matter", async () => {
    decoder.reset();
    assert.ok(distance(await decoder.prefill(ids, NO_VISUAL), whole) > 0.01);
  });
  await t.step("progress is told chunk by chunk", async () => {
    decoder.reset();
    const told: [number, number][] = [];
    await decoder.prefill(ids, NO_VISUAL, { onProgress: (done, total) => told.push([done, total]) });
    assert.deepEqual(told, [[256, 400], [400, 400]]);
  });
});

Deno.test("Decoder keeps what a prompt has in common with the last one, and its logits do not change", async () => {
  await using folder = await tempFolder();
  const { config } = await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  using model = await load(folder);
  const { decoder } = model;
  const tokens = Float32Array.from({ length: 8 * config.decoder.hiddenSize }, (_, i) => Math.sin(i));
  const positions = [10, 11, 12, 13, 100, 101, 102, 103];
  const names = ["cat", "cat", "cat", "cat", "dog", "dog", "dog", "dog"];
  const visual = { positions, tokens, names };
  const feed = async (prompt: readonly number[], input: VisualInput) => {
    const kept = decoder.keepCommonPrefix(prompt, input);
    const rest = sliceVisual(input, kept, prompt.length);
    return { kept, logits: (await decoder.prefill(prompt.slice(kept), rest)).slice() };
  };
  const { kept, logits } = await feed(ids, visual);
  assert.equal(kept, 0);
  assert.deepEqual((await feed(ids, visual)).kept, 399, "the last token is always fed");
  const again = await feed(ids, visual);
  assert.ok(distance(again.logits, logits) < 1e-4);

  // Another word after 200 tokens; another picture after 100; the same one twice where a cat stood before.
  assert.equal((await feed(ids.with(200, 5), visual)).kept, 200);
  assert.equal((await feed(ids.with(200, 5), { ...visual, names: names.with(5, "cow") })).kept, 101);
  assert.equal((await feed(ids, { ...visual, names: names.map(() => "cat") })).kept, 100);
  assert.ok(distance((await feed(ids, visual)).logits, logits) < 1e-4);
  // Where a visual token stood stands a word now, which is none of the placeholder's business.
  assert.equal((await feed(ids, NO_VISUAL)).kept, 10);
  // What nobody named equals nothing.
  await feed(ids, { positions, tokens });
  assert.equal((await feed(ids, { positions, tokens })).kept, 10);
  // Generated tokens count, and what was stopped does not.
  decoder.reset();
  await decoder.prefill([1, 2, 3], NO_VISUAL);
  await decoder.step(4);
  await assert.rejects(decoder.step(5, AbortSignal.abort()), { name: "AbortError" });
  assert.equal(decoder.keepCommonPrefix([1, 2, 3, 4, 5, 6], NO_VISUAL), 4);
  assert.equal(decoder.length, 4);
});

Deno.test("Decoder stays usable after a stop, and refuses more than its context", async () => {
  await using folder = await tempFolder();
  await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  using model = await load(folder);
  const { decoder } = model;
  const before = (await decoder.prefill(ids.slice(0, 50), NO_VISUAL)).slice();
  const controller = new AbortController();
  const long = decoder.prefill(ids.slice(50), NO_VISUAL, { signal: controller.signal });
  controller.abort();
  await assert.rejects(long, { name: "AbortError" });
  await assert.rejects(decoder.step(1, AbortSignal.abort()), { name: "AbortError" });
  assert.equal(decoder.length, 50, "a run that was stopped leaves no tokens behind");
  decoder.reset();
  assert.deepEqual(await decoder.prefill(ids.slice(0, 50), NO_VISUAL), before);

  await assert.rejects(decoder.prefill([...ids, ...ids], NO_VISUAL), /do not fit a context of 512/);
  await assert.rejects(decoder.prefill([], NO_VISUAL), RangeError);
  await decoder.prefill(ids.slice(0, 400), NO_VISUAL);
  for (let i = 450; i < 512; i++) await decoder.step(i);
  assert.equal(decoder.length, 512);
  await assert.rejects(decoder.step(1), /513 tokens do not fit a context of 512/);
});

/**
 * A quantised decoder must compute what the float32 decoder does over the values that its weights stand for. ONNX
 * Runtime rounds activations to 8 bits (accuracy level 4), which moves each product by 0.4 %; over two layers the
 * cosine between both logits was 0.9997. Weights in the wrong order, or of the wrong block, give a cosine near 0.
 */
const SAME_WEIGHTS = 0.999;
/**
 * And it must stay near the checkpoint itself. Rounding random weights to 8 bits moves each by 0.5 %, to 4 bits by 8 %;
 * the cosines were 0.9993 and 0.92 to 0.96.
 */
const SAME_CHECKPOINT = { int8: 0.998, int4: 0.9 } as const;

for (const precision of ["int8", "int4"] as const) {
  Deno.test(`Decoder in ${precision} computes what its weights stand for`, async () => {
    await using folder = await tempFolder();
    await using rounded = await tempFolder();
    await writeTinyCheckpoint(`${folder.path}/checkpoint`);
    await writeTinyCheckpoint(
      `${rounded.path}/checkpoint`,
      {},
      (name, tensor) => roundTo(precision, name, tensor),
    );
    using exact = await load(folder);
    using quantized = await load(folder, precision);
    using reference = await load(rounded);
    for (const prompt of [ids.slice(0, 40), ids.slice(100, 120)]) {
      const [of, from, to] = await Promise.all([exact, quantized, reference].map(async ({ decoder }) => {
        decoder.reset();
        await decoder.prefill(prompt, NO_VISUAL);
        return (await decoder.step(9)).slice();
      })) as [Float32Array, Float32Array, Float32Array];
      assert.ok(similarity(from, to) > SAME_WEIGHTS, `${similarity(from, to)}`);
      assert.ok(similarity(from, of) > SAME_CHECKPOINT[precision], `${similarity(from, of)}`);
      assert.ok(distance(from, of) > 1e-4, "it is quantised indeed");
    }
  });
}

/** A weight as the precision stores it: embeddings and output projection in 8 bits, norms as they are. */
async function roundTo(
  precision: "int8" | "int4",
  name: string,
  tensor: TensorToWrite,
): Promise<TensorToWrite> {
  const [rows, columns] = tensor.shape as [number, number];
  if (!name.startsWith("llm.") || tensor.shape.length !== 2) return tensor;
  const isLinear = name.includes(".layers.");
  const format = { bits: isLinear && precision === "int4" ? 4 : 8, blockSize: 32 } as const;
  const data = dequantizeBlocks(await quantizeBlocks(tensor.data, rows, columns, format), format);
  return { shape: tensor.shape, data };
}

/** Cosine of the angle between two vectors. */
function similarity(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
