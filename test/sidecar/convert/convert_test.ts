import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { STORED_TYPES, type StoredType } from "../../../sidecar/checkpoint/stored_types.ts";
import { verifyManifest } from "../../../sidecar/convert/checksums.ts";
import { convertModel } from "../../../sidecar/convert/convert.ts";
import { loadModel } from "../../../sidecar/model/model.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { Tokenizer } from "../../../sidecar/text/tokenizer.ts";
import { format, largestShare, refuses, run } from "../../support/conversion.ts";
import { NANO } from "../../support/places.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";
import { writeSafetensors } from "../../support/safetensors_file.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { writeTinyCheckpoint } from "../../support/tiny_checkpoint.ts";
import { type TinyGguf, tinyGguf, writeTinyGguf } from "../../support/tiny_gguf.ts";

/** Stores one matrix after another in each type in turn; rows that are not made of blocks of 256 in shorter ones. */
function everyType(): (name: string, columns: number) => StoredType {
  const short: readonly StoredType[] = ["Q8_0", "Q5_1"];
  let next = 0;
  return (_, columns) => {
    const types = columns % 256 === 0 ? STORED_TYPES : short;
    return types[next++ % types.length] as StoredType;
  };
}

/** A model in GGUF that tests may change parts of. */
function copyOf({ language, vision, tensors }: TinyGguf): TinyGguf {
  const copy = (parts: TinyGguf["language"]) => ({
    settings: { ...parts.settings },
    tensors: { ...parts.tensors },
  });
  return { language: copy(language), vision: copy(vision), tensors };
}

Deno.test("convertModel() keeps what GGUF files compute, with every type of block", async () => {
  await using folder = await tempFolder();
  const tiny = await tinyGguf(`${folder.path}/checkpoint`, everyType());
  await Deno.mkdir(`${folder.path}/gguf`);
  await writeTinyGguf(`${folder.path}/gguf`, tiny);
  const manifest = await convertModel({
    sources: [`${folder.path}/gguf`],
    target: `${folder.path}/converted`,
    format: format(),
  });
  assert.deepEqual(manifest.losses, []);
  for (const type of STORED_TYPES) {
    assert.ok(manifest.storage.includes(`${type} kept as`), manifest.storage);
  }
  // The same weights as float32 in the release's own form.
  await writeSafetensors(`${folder.path}/checkpoint/model.safetensors`, tiny.tensors);
  using runtime = new Runtime(runtimeLibrary(), 2);
  const expected = await run(runtime, `${folder.path}/checkpoint`, `${folder.path}/cache`);
  const actual = await run(runtime, `${folder.path}/converted`, `${folder.path}/cache`);
  assert.deepEqual(actual.features, expected.features);
  assert.deepEqual(actual.visual, expected.visual);
  assert.ok(largestShare(actual.logits, expected.logits) < 1e-5);
  assert.equal(actual.record.name, "Tiny");
  assert.equal(actual.record.parameterCount, expected.record.parameterCount);
});

Deno.test("convertModel() writes a tokenizer and settings that give the ids of the original", async () => {
  await using folder = await tempFolder();
  const paths = await writeTinyGguf(folder.path, await tinyGguf(`${folder.path}/checkpoint`, () => "Q8_0"));
  await convertModel({ sources: paths.toReversed(), target: `${folder.path}/converted`, format: format() });
  const [made, original] = await Promise.all([
    Tokenizer.open(`${folder.path}/converted`, {}),
    Tokenizer.open(NANO, {}),
  ]);
  const texts = [
    "<|im_start|>user\nWhat is 12+34?<|im_end|>\n",
    "  naïve café — “ok”\r\n\r\n\tif (x) {}",
    "<think>\n\n</think>",
    "图片 🎉 e\u0301",
  ];
  for (const text of texts) {
    assert.deepEqual(made.encode(text), original.encode(text));
    assert.equal(made.decode(made.encode(text)), original.decode(original.encode(text)));
  }
  assert.deepEqual(made.addedTokens, original.addedTokens);
});

Deno.test("convertModel() quantises a checkpoint as it is told, and says what that has cost", async () => {
  await using folder = await tempFolder();
  await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  using runtime = new Runtime(runtimeLibrary(), 2);
  const expected = await run(runtime, `${folder.path}/checkpoint`, `${folder.path}/cache`);
  const limits = { fp32: [0, 1e-6], int8: [0.01, 0.03], int4: [0.11, 0.4] } as const;
  for (const [precision, [loss, difference]] of Object.entries(limits)) {
    const target = `${folder.path}/${precision}`;
    const manifest = await convertModel({
      sources: [`${folder.path}/checkpoint`],
      target,
      format: format({ precision: precision as "int4", blockSize: 64 }),
    });
    const losses = manifest.losses.map(({ relativeRms }) => relativeRms);
    assert.equal(losses.length, precision === "fp32" ? 0 : 16);
    assert.ok(losses.every((share) => share > 0 && share < loss), String(losses));
    const actual = await run(runtime, target, `${folder.path}/cache`);
    assert.equal(actual.record.precision, precision);
    assert.ok(largestShare(actual.logits, expected.logits) < difference, precision);
  }
});

/** Every way in which a source can be wrong: what is changed, and what is said about it. */
const WRONG: readonly [what: string, change: (tiny: TinyGguf) => void, message: RegExp][] = [
  [
    "a missing tensor",
    ({ language }) => delete language.tensors["blk.1.ffn_up.weight"],
    /model\.gguf": tensor "blk\.1\.ffn_up\.weight" is missing/,
  ],
  [
    "a missing tensor of the vision tower",
    ({ vision }) => delete vision.tensors["v.blk.0.attn_out.bias"],
    /mmproj\.gguf": tensor "v\.blk\.0\.attn_out\.bias" is missing/,
  ],
  [
    "a wrong shape",
    ({ language }) => change(language.tensors, "blk.0.attn_k.weight", { shape: [64, 512] }),
    /tensor "blk\.0\.attn_k\.weight" in .*model\.gguf has shape \[64, 512\] where \[128, 256\] is needed/,
  ],
  [
    "a tensor nobody knows",
    ({ language }) =>
      language.tensors["rope_freqs.weight"] = { code: 0, shape: [8], data: new Uint8Array(32) },
    /model\.gguf": it has a tensor "rope_freqs\.weight" that a model of this architecture does not have/,
  ],
  [
    "another architecture",
    ({ language }) => language.settings["general.architecture"] = ["string", "llama"],
    /model\.gguf": its architecture is "llama", and only "qwen3"/,
  ],
  [
    "another mmproj",
    ({ vision }) => vision.settings["clip.minicpmv_version"] = ["int32", 3],
    /mmproj\.gguf": it is for another model \(projector "resampler", version 3/,
  ],
  [
    "no mmproj",
    ({ vision, language }) => Object.assign(vision, language),
    /There are 2 files with a language model among/,
  ],
  [
    "scaled rotary positions",
    ({ language }) => language.settings["qwen3.rope.scaling.type"] = ["string", "yarn"],
    /rotary positions with "yarn" scaling are not supported/,
  ],
  [
    "a missing setting",
    ({ language }) => delete language.settings["qwen3.block_count"],
    /model\.gguf": in its settings, "qwen3\.block_count" must be a positive integer and is missing/,
  ],
  [
    "another tokenizer",
    ({ language }) => language.settings["tokenizer.ggml.pre"] = ["string", "gpt-2"],
    /its tokenizer is of the kind "gpt-2"/,
  ],
  [
    "a tokenizer without the tokens for pictures",
    ({ language }) => rename(language.settings, "<image>", "<picture>"),
    /model\.gguf": its tokenizer has no token "<image>"/,
  ],
  [
    "a weight that is no number",
    ({ language }) =>
      change(language.tensors, "output_norm.weight", { data: new Uint8Array(1024).fill(255) }),
    /tensor "output_norm\.weight" has values that are no numbers/,
  ],
  [
    "a scale that is no number",
    ({ language }) =>
      change(language.tensors, "blk.0.attn_q.weight", {
        data: new Uint8Array(256 * 256 / 32 * 34).fill(255),
      }),
    /tensor "blk\.0\.attn_q\.weight" has values that are no numbers/,
  ],
];

function change(tensors: TinyGguf["language"]["tensors"], name: string, by: object): void {
  tensors[name] = { ...tensors[name] as NonNullable<typeof tensors[string]>, ...by };
}

function rename(settings: TinyGguf["language"]["settings"], from: string, to: string): void {
  const [kind, tokens] = settings["tokenizer.ggml.tokens"] as ["strings", string[]];
  settings["tokenizer.ggml.tokens"] = [kind, tokens.map((token) => token === from ? to : token)];
}

Deno.test("convertModel() refuses a source with something wrong, naming file and tensor, and leaves nothing", async (t) => {
  await using folder = await tempFolder();
  const whole = await tinyGguf(`${folder.path}/checkpoint`, () => "Q8_0");
  for (const [i, [what, spoil, message]] of WRONG.entries()) {
    await t.step(what, async () => {
      const tiny = copyOf(whole);
      spoil(tiny);
      await Deno.mkdir(`${folder.path}/${i}`);
      await refuses(
        {
          sources: await writeTinyGguf(`${folder.path}/${i}`, tiny),
          target: `${folder.path}/out`,
          format: format(),
        },
        message,
      );
    });
  }
  await t.step("a file that ends too early", async () => {
    const [language, vision] = await writeTinyGguf(
      folder.path,
      await tinyGguf(`${folder.path}/checkpoint`, () => "Q8_0"),
    );
    await Deno.truncate(language, (await Deno.stat(language)).size - 5000);
    await refuses(
      { sources: [language, vision], target: `${folder.path}/out`, format: format() },
      /model\.gguf": tensor "output\.weight" ends at byte \d+ and the file at \d+/,
    );
  });
  await t.step("blocks that are too long for the rows", () =>
    refuses(
      {
        sources: [`${folder.path}/checkpoint`],
        target: `${folder.path}/out`,
        format: format({ precision: "int4", blockSize: 128 }),
      },
      /tensor "llm\.model\.layers\.0\.mlp\.down_proj\.weight" .* in blocks of 128: its rows have 320 values/,
    ));
  await t.step("a target that holds something", async () => {
    const request = { sources: [`${folder.path}/checkpoint`], target: folder.path, format: format() };
    await refuses(request, /the folder is not empty/);
  });
  await t.step("a source that is not there", () =>
    refuses(
      { sources: [`${folder.path}/nothing`], target: `${folder.path}/out`, format: format() },
      /Cannot open ".*nothing"/,
    ));
});

Deno.test("convertModel() leaves nothing when it is stopped", async () => {
  await using folder = await tempFolder();
  await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  for (const phase of ["weights", "checksums"]) {
    const controller = new AbortController();
    const converted = convertModel({
      sources: [`${folder.path}/checkpoint`],
      target: `${folder.path}/out`,
      format: format({ precision: "int4" }),
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.phase === phase) controller.abort();
      },
    });
    await assert.rejects(converted, { name: "AbortError" });
    assert.deepEqual(readdirSync(folder.path), ["checkpoint"]);
  }
});

Deno.test("a converted model notices when one of its files has changed", async () => {
  await using folder = await tempFolder();
  await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  const target = `${folder.path}/out`;
  await convertModel({
    sources: [`${folder.path}/checkpoint`],
    target,
    format: format({ precision: "int8" }),
  });
  assert.ok(!existsSync(`${target}.part`));
  await verifyManifest(target);
  using file = await Deno.open(`${target}/weights.bin`, { write: true });
  await file.seek(12345, Deno.SeekMode.Start);
  await file.write(Uint8Array.of(1, 2, 3));
  await assert.rejects(verifyManifest(target), {
    kind: "model-invalid",
    message: /weights\.bin has changed/,
  });
  await file.truncate(20000);
  using runtime = new Runtime(runtimeLibrary(), 1);
  const opened = loadModel(runtime, { id: "x", folder: target, precision: "fp32", cacheFolder: folder.path });
  await assert.rejects(opened, {
    kind: "model-invalid",
    message: /weights\.bin has 20000 bytes and should have/,
  });
});
