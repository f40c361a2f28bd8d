// Sources that are not quite the usual: other precisions, models in several files, fine-tuned ones, and more than the
// disk holds.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { decodeValues, isFloatType } from "../../../sidecar/checkpoint/stored_types.ts";
import { verifyManifest } from "../../../sidecar/convert/checksums.ts";
import { convertModel } from "../../../sidecar/convert/convert.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { format, largestShare, refuses, run } from "../../support/conversion.ts";
import { ggufHeader } from "../../support/gguf_file.ts";
import { toHalf, TYPE_CODES } from "../../support/random_blocks.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";
import { writeSafetensors } from "../../support/safetensors_file.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { writeTinyCheckpoint } from "../../support/tiny_checkpoint.ts";
import { type TinyGguf, tinyGguf, writeGgufParts, writeTinyGguf } from "../../support/tiny_gguf.ts";

/** Makes every matrix of the vision part one of halves, as the release's file has them. */
function withHalves({ language, vision, tensors }: TinyGguf): TinyGguf {
  const halves = Object.entries(vision.tensors).map(([name, tensor]) => {
    if (tensor.shape.length === 1) return [name, tensor] as const;
    const words = Uint16Array.from(new Float32Array(tensor.data.slice().buffer), toHalf);
    return [name, { ...tensor, code: TYPE_CODES.F16, data: new Uint8Array(words.buffer) }] as const;
  });
  const rounded = Object.entries(tensors).map(([name, tensor]) => {
    if (name.startsWith("llm.") || tensor.shape.length === 1) return [name, tensor] as const;
    const words = Uint16Array.from(tensor.data, toHalf);
    return [name, { ...tensor, data: decodeValues("F16", new Uint8Array(words.buffer)) }] as const;
  });
  return {
    language,
    vision: { ...vision, tensors: Object.fromEntries(halves) },
    tensors: Object.fromEntries(rounded),
  };
}

for (const type of ["F16", "BF16"] as const) {
  Deno.test(`convertModel() keeps ${type} weights at 16 bits, and what they compute`, async () => {
    await using folder = await tempFolder();
    const tiny = withHalves(await tinyGguf(`${folder.path}/checkpoint`, () => type));
    const sources = await writeTinyGguf(folder.path, tiny);
    const target = `${folder.path}/out`;
    const manifest = await convertModel({ sources, target, format: format() });
    assert.deepEqual(manifest.losses, []);
    const sourceBytes = sources.reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    // Tables of positions and the ends of pages are all that is added.
    assert.ok((manifest.files["weights.bin"]?.byteLength ?? Infinity) < sourceBytes + 600_000);
    await writeSafetensors(`${folder.path}/checkpoint/model.safetensors`, tiny.tensors);
    using runtime = new Runtime(runtimeLibrary(), 2);
    const expected = await run(runtime, `${folder.path}/checkpoint`, `${folder.path}/cache`);
    const actual = await run(runtime, target, `${folder.path}/cache`);
    assert.deepEqual(actual.features, expected.features);
    assert.deepEqual(actual.visual, expected.visual);
    assert.deepEqual(actual.logits, expected.logits);
  });
}

Deno.test("convertModel() quantises GGUF files of any type when a precision is asked for, and says what that has cost", async () => {
  await using folder = await tempFolder();
  using runtime = new Runtime(runtimeLibrary(), 2);
  for (const type of ["F16", "Q4_0"] as const) {
    const source = `${folder.path}/${type}`;
    await Deno.mkdir(source);
    const tiny = await tinyGguf(`${source}-checkpoint`, () => type);
    await writeTinyGguf(source, tiny);
    await writeSafetensors(`${source}-checkpoint/model.safetensors`, tiny.tensors);
    const expected = await run(runtime, `${source}-checkpoint`, `${folder.path}/cache`);
    for (const [precision, most, difference] of [["int8", 0.01, 0.03], ["int4", 0.12, 0.5]] as const) {
      const target = `${source}-${precision}`;
      const manifest = await convertModel({ sources: [source], target, format: format({ precision }) });
      assert.equal(manifest.precision, precision);
      assert.equal(manifest.losses.length, 16);
      const worst = Math.max(...manifest.losses.map(({ relativeRms }) => relativeRms));
      assert.ok(worst < most, `${type} to ${precision}: ${worst}`);
      assert.ok(worst > 1e-4 || !isFloatType(type), `${type} to ${precision}: ${worst}`);
      const { logits } = await run(runtime, target, `${folder.path}/cache`);
      assert.ok(largestShare(logits, expected.logits) < difference, `${type} to ${precision}`);
    }
  }
});

Deno.test("convertModel() puts a model in several files together", async (t) => {
  await using folder = await tempFolder();
  const tiny = await tinyGguf(`${folder.path}/checkpoint`, () => "Q8_0");
  const split = `${folder.path}/split`;
  await Deno.mkdir(split);
  const parts = await writeGgufParts(split, tiny, 3);
  const request = { sources: [split], target: `${folder.path}/out`, format: format() };
  await t.step("with the weights of the one file", async () => {
    const sources = await writeTinyGguf(folder.path, tiny);
    const whole = await convertModel({ ...request, sources, target: `${folder.path}/whole` });
    const joined = await convertModel(request);
    assert.deepEqual(joined.files, whole.files);
    await Deno.remove(request.target, { recursive: true });
  });
  await t.step("and refuses one of its parts alone", async () => {
    const [, second = "", , vision = ""] = parts;
    await refuses(
      { ...request, sources: [second, vision] },
      /Part 1 of 3 of the model in ".*00002-of-00003\.gguf" is missing\. Put all/,
    );
  });
  await t.step("and refuses it without a part", async () => {
    await Deno.rename(parts[2] as string, `${folder.path}/elsewhere.gguf`);
    await refuses(request, /Part 3 of 3 of the model in ".*00001-of-00003\.gguf" is missing/);
  });
  await t.step("and refuses a part of another model", async () => {
    await Deno.copyFile(parts[1] as string, parts[2] as string);
    await refuses(request, /Part 3 of 3 .* is missing/);
    await writeGgufParts(split, tiny, 2);
    await refuses(request, /it is one of \d parts, and there are 5/);
  });
});

Deno.test("convertModel() takes a fine-tuned checkpoint of the architecture, whatever it is called", async () => {
  await using folder = await tempFolder();
  const checkpoint = `${folder.path}/my-tune`;
  const { tensors } = await writeTinyCheckpoint(checkpoint, {
    architectures: ["MyInvoiceReader"],
    _name_or_path: "someone/invoice-reader",
    transformers_version: "4.57.0",
    auto_map: { AutoModel: "modeling_mine.MyInvoiceReader" },
  });
  // Left over from training: read by nobody, and no hindrance.
  const extra = { "lora.scale": { shape: [4], data: new Float32Array(4) } };
  await writeSafetensors(`${checkpoint}/model.safetensors`, { ...tensors, ...extra });
  await Deno.writeTextFile(`${checkpoint}/sightline.json`, JSON.stringify({ name: "Invoice reader" }));
  const target = `${folder.path}/out`;
  await convertModel({ sources: [checkpoint], target, format: format({ precision: "fp32" }) });
  using runtime = new Runtime(runtimeLibrary(), 2);
  const expected = await run(runtime, checkpoint, `${folder.path}/cache`);
  const actual = await run(runtime, target, `${folder.path}/cache`);
  assert.deepEqual(actual.logits, expected.logits);
  assert.equal(actual.record.name, "Invoice reader");
});

Deno.test({
  name: "convertModel() refuses a model that the disk has no room for before it writes any weight",
  ignore: Deno.build.os === "windows", // There a file is as long on the disk as it claims.
  async fn() {
    await using folder = await tempFolder();
    const tiny = await tinyGguf(`${folder.path}/checkpoint`, () => "F32");
    const sources = await writeTinyGguf(folder.path, tiny);
    await claimMore(sources[0], tiny, 900_000_000);
    const controller = new AbortController();
    await refuses(
      {
        sources,
        target: `${folder.path}/out`,
        format: format(),
        signal: controller.signal,
        onProgress: () => controller.abort(new Error("it has begun to write")),
      },
      /The converted model needs \d+\.\d GB in ".*", and only \d+\.\d GB are free there\. Free some disk space/,
    );
  },
});

/** Gives a model wider layers, whose weights are holes in the file. */
async function claimMore(path: string, { language }: TinyGguf, mlp: number): Promise<void> {
  let offset = 0;
  const places = Object.entries(language.tensors).map(([name, { code, shape }]) => {
    const wider = shape.map((dim) => name.includes("ffn_") && dim === 320 ? mlp : dim);
    const place = { name, code, shape: wider, offset };
    offset += Math.ceil(wider.reduce((bytes, dim) => bytes * dim, 4) / 32) * 32;
    return place;
  });
  const settings = { ...language.settings, "qwen3.feed_forward_length": ["uint32", mlp] as const };
  const header = ggufHeader(settings, places);
  await Deno.writeFile(path, header);
  await Deno.truncate(path, header.length + offset);
}

Deno.test("convertModel() never touches a model that is there, and takes over what another conversion has left", async () => {
  await using folder = await tempFolder();
  const source = `${folder.path}/checkpoint`;
  await writeTinyCheckpoint(source);
  const target = `${folder.path}/out`;
  // Of another source, killed in the middle.
  await Deno.mkdir(`${target}.part`);
  await Deno.writeTextFile(
    `${target}.part/journal.jsonl`,
    'elsewhere\n{"key":"vpm.post_layernorm.bias","loss":null}\n',
  );
  await Deno.writeTextFile(`${target}.part/weights.bin`, "half of something else");
  const first = await convertModel({ sources: [source], target, format: format({ precision: "int4" }) });
  assert.deepEqual(readdirSync(folder.path).toSorted(), ["checkpoint", "out"]);
  assert.deepEqual(await verifyManifest(target), first);
  await refuses(
    { sources: [source], target, format: format({ precision: "int8" }) },
    /the folder is not empty\. Choose a new one or empty it/,
  );
  assert.deepEqual(await verifyManifest(target), first);
});
