import assert from "node:assert/strict";
import { Failure, type FailureKind } from "../../../protocol/errors.ts";
import { readModelConfig } from "../../../sidecar/checkpoint/config.ts";
import { NANO } from "../../support/places.ts";
import { tempFolder } from "../../support/temp_folder.ts";

/** The settings of the release, as its files have them. */
const CONFIG = {
  model_type: "minicpmv",
  query_num: 64,
  hidden_size: 4096,
  num_hidden_layers: 36,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  intermediate_size: 12288,
  hidden_act: "silu",
  rms_norm_eps: 1e-6,
  rope_theta: 1000000,
  max_position_embeddings: 40960,
  vocab_size: 151748,
  tie_word_embeddings: false,
  attention_bias: false,
  rope_scaling: null,
  eos_token_id: 151645,
  drop_vision_last_layer: false,
  vision_config: {
    hidden_size: 1152,
    image_size: 980,
    intermediate_size: 4304,
    num_attention_heads: 16,
    num_hidden_layers: 27,
    patch_size: 14,
  },
};
const PREPROCESSOR = {
  max_slice_nums: 9,
  scale_resolution: 448,
  patch_size: 14,
  use_image_id: true,
  norm_mean: [0.5, 0.5, 0.5],
  norm_std: [0.5, 0.5, 0.5],
};
const GENERATION = {
  do_sample: true,
  temperature: 0.6,
  top_k: 20,
  top_p: 0.95,
  eos_token_id: [151645, 151643],
};

/** Reads settings from files with the given content; null leaves the file out. */
async function read(
  config: unknown = CONFIG,
  preprocessor: unknown = PREPROCESSOR,
  generation: unknown = GENERATION,
) {
  await using folder = await tempFolder();
  const files = {
    "config.json": config,
    "preprocessor_config.json": preprocessor,
    "generation_config.json": generation,
  };
  for (const [name, content] of Object.entries(files)) {
    if (content === null) continue;
    await Deno.writeTextFile(
      `${folder.path}/${name}`,
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }
  return await readModelConfig(folder.path);
}

const refuses = (reading: Promise<unknown>, kind: FailureKind, text: RegExp) =>
  assert.rejects(reading, (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === kind, String(error));
    assert.match(error.message, text);
    return true;
  });

Deno.test("readModelConfig() reads the release's settings", async () => {
  const config = await read();
  assert.deepEqual(config.decoder, {
    hiddenSize: 4096,
    layerCount: 36,
    headCount: 32,
    kvHeadCount: 8,
    headSize: 128,
    mlpSize: 12288,
    normEpsilon: 1e-6,
    ropeTheta: 1e6,
    contextLength: 40960,
    vocabularySize: 151748,
    hasTiedEmbeddings: false,
  });
  assert.deepEqual(config.vision, {
    hiddenSize: 1152,
    layerCount: 27,
    headCount: 16,
    mlpSize: 4304,
    patchSize: 14,
    positionsPerSide: 70,
    normEpsilon: 1e-6,
  });
  assert.deepEqual(config.resampler, { queryCount: 64, headCount: 32 });
  assert.deepEqual(config.slicing, { scaleResolution: 448, maxSliceCount: 9, patchSize: 14 });
  assert.deepEqual(config.stopTokenIds, [151645, 151643]);
  assert.deepEqual(config.sampling, {
    thinking: { repetitionPenalty: 1, temperature: 0.6, topK: 20, topP: 0.95, minP: 0 },
    answering: { repetitionPenalty: 1.03, temperature: 0.7, topK: 100, topP: 0.8, minP: 0 },
    maxNewTokens: 2048,
  });
  assert.equal(config.markers.placeholder, "<unk>");
});

Deno.test("readModelConfig() uses one layer less where the checkpoint drops the last", async () => {
  const silent = { ...CONFIG, drop_vision_last_layer: undefined };
  assert.equal((await read(silent)).vision.layerCount, 26, "the class's own default is to drop it");
});

Deno.test("readModelConfig() does without generation_config.json, and is greedy then", async () => {
  const config = await read(CONFIG, PREPROCESSOR, null);
  assert.deepEqual(config.stopTokenIds, [151645]);
  assert.equal(config.sampling.answering.temperature, 0);
});

Deno.test("readModelConfig() is greedy where the checkpoint does not sample", async () => {
  assert.equal(
    (await read(CONFIG, PREPROCESSOR, { ...GENERATION, do_sample: false })).sampling.answering.temperature,
    0,
  );
});

Deno.test("readModelConfig() reads Nano's settings", async () => {
  const config = await readModelConfig(NANO);
  assert.deepEqual([config.slicing.scaleResolution, config.slicing.maxSliceCount], [224, 2]);
  assert.deepEqual([config.resampler.queryCount, config.decoder.hasTiedEmbeddings], [32, true]);
  assert.equal(config.sampling.answering.temperature, 0);
});

Deno.test("readModelConfig() says which file is missing or broken, and what a model's folder holds", async () => {
  await refuses(
    readModelConfig("/nowhere"),
    "model-missing",
    /"\/nowhere": config\.json cannot be read\. Choose a folder/,
  );
  await refuses(read(CONFIG, null), "model-missing", /preprocessor_config\.json cannot be read/);
  await refuses(read("{"), "model-invalid", /config\.json is not a JSON object/);
  await refuses(read("[]"), "model-invalid", /config\.json is not a JSON object/);
  await refuses(
    read(CONFIG, PREPROCESSOR, "nonsense"),
    "model-invalid",
    /generation_config\.json is not a JSON/,
  );
});

Deno.test("readModelConfig() names the field that is wrong", async () => {
  const field = (changes: object, text: RegExp) =>
    refuses(read({ ...CONFIG, ...changes }), "model-invalid", text);
  await field(
    { hidden_size: undefined },
    /in config\.json, "hidden_size" must be a positive integer and is missing/,
  );
  await field({ hidden_size: "4096" }, /"hidden_size" must be a positive integer and is "4096"/);
  await field({ hidden_size: -1 }, /"hidden_size" must be a positive integer and is -1/);
  await field({ num_hidden_layers: 1e12 }, /"num_hidden_layers" must be a positive integer/);
  await field({ vocab_size: 1.5 }, /"vocab_size" must be a positive integer/);
  await field({ tie_word_embeddings: "no" }, /"tie_word_embeddings" must be true or false and is "no"/);
  await field({ vision_config: 7 }, /"vision_config" must be an object and is 7/);
  await field(
    { vision_config: { ...CONFIG.vision_config, patch_size: 0 } },
    /in config\.json, vision_config, "patch_size" must be a positive integer and is 0/,
  );
  await refuses(
    read(CONFIG, { ...PREPROCESSOR, norm_mean: [1, 2] }),
    "model-invalid",
    /"norm_mean" must be three numbers/,
  );
  await refuses(
    read(CONFIG, PREPROCESSOR, { eos_token_id: ["x"] }),
    "model-invalid",
    /"eos_token_id" must be integers/,
  );
});

Deno.test("readModelConfig() refuses what it would compute wrongly", async () => {
  const field = (changes: object, text: RegExp) =>
    refuses(read({ ...CONFIG, ...changes }), "model-invalid", text);
  await field({ model_type: "llava" }, /its model_type is "llava", and only "minicpmv"/);
  await field({ hidden_act: "gelu" }, /its hidden_act is "gelu"/);
  await field({ vision_config: { ...CONFIG.vision_config, hidden_act: "relu" } }, /its hidden_act is "relu"/);
  await field({ attention_bias: true }, /attention biases/);
  await field({ rope_scaling: { type: "yarn" } }, /scaled rotary positions/);
});
