// A checkpoint of the release's form, tiny and random, with Nano's tokenizer.

import { type ModelConfig, readModelConfig } from "../../sidecar/checkpoint/config.ts";
import { NANO } from "./places.ts";
import { type TensorToWrite, writeSafetensors } from "./safetensors_file.ts";

const HIDDEN = 256;
const LAYERS = 2;
const HEADS = 4;
const KV_HEADS = 2;
const HEAD_SIZE = 64;
const MLP = 320;
const VOCABULARY = 4096;
const VISION = 48;
const VISION_MLP = 80;
const QUERIES = 4;

const CONFIG = {
  model_type: "minicpmv",
  query_num: QUERIES,
  hidden_size: HIDDEN,
  num_hidden_layers: LAYERS,
  num_attention_heads: HEADS,
  num_key_value_heads: KV_HEADS,
  head_dim: HEAD_SIZE,
  intermediate_size: MLP,
  hidden_act: "silu",
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  max_position_embeddings: 512,
  vocab_size: VOCABULARY,
  tie_word_embeddings: false,
  eos_token_id: 4079,
  drop_vision_last_layer: false,
  vision_config: {
    hidden_size: VISION,
    image_size: 980,
    intermediate_size: VISION_MLP,
    num_attention_heads: 3,
    num_hidden_layers: 2,
    patch_size: 14,
  },
};
const PREPROCESSOR = { max_slice_nums: 9, scale_resolution: 70, patch_size: 14, use_image_id: true };

/** A checkpoint folder and what is in it. */
export interface TinyCheckpoint {
  readonly tensors: Readonly<Record<string, TensorToWrite>>;
  readonly config: ModelConfig;
}

/**
 * Writes the checkpoint into a folder. The same every time, but for `changes` to config.json and what `alter` makes of
 * the tensors.
 */
export async function writeTinyCheckpoint(
  folder: string,
  changes: object = {},
  alter: (name: string, tensor: TensorToWrite) => TensorToWrite | Promise<TensorToWrite> = (_, tensor) =>
    tensor,
): Promise<TinyCheckpoint> {
  await Deno.mkdir(folder, { recursive: true });
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, tensor] of Object.entries(randomTensors())) tensors[name] = await alter(name, tensor);
  await writeSafetensors(`${folder}/model.safetensors`, tensors);
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ ...CONFIG, ...changes }));
  await Deno.writeTextFile(`${folder}/preprocessor_config.json`, JSON.stringify(PREPROCESSOR));
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    await Deno.writeFile(`${folder}/${file}`, await Deno.readFile(`${NANO}/${file}`));
  }
  return { tensors, config: await readModelConfig(folder) };
}

function randomTensors(): Record<string, TensorToWrite> {
  const random = normals(1);
  const tensors: Record<string, TensorToWrite> = {};
  const matrix = (name: string, ...shape: number[]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const scale = 1 / Math.sqrt(length / (shape[0] as number));
    tensors[name] = { shape, data: Float32Array.from({ length }, () => scale * random()) };
  };
  const vector = (name: string, size: number, mean = 0) => {
    tensors[name] = { shape: [size], data: Float32Array.from({ length: size }, () => mean + 0.1 * random()) };
  };
  const layer = (name: string, to: number, from: number) => {
    matrix(`${name}.weight`, to, from);
    vector(`${name}.bias`, to);
  };
  const norm = (name: string, size: number) => {
    vector(`${name}.weight`, size, 1);
    vector(`${name}.bias`, size);
  };

  matrix("vpm.embeddings.patch_embedding.weight", VISION, 3, 14, 14);
  vector("vpm.embeddings.patch_embedding.bias", VISION);
  matrix("vpm.embeddings.position_embedding.weight", 4900, VISION);
  for (let i = 0; i < 2; i++) {
    const block = `vpm.encoder.layers.${i}`;
    for (const part of ["q", "k", "v", "out"]) layer(`${block}.self_attn.${part}_proj`, VISION, VISION);
    layer(`${block}.mlp.fc1`, VISION_MLP, VISION);
    layer(`${block}.mlp.fc2`, VISION, VISION_MLP);
    norm(`${block}.layer_norm1`, VISION);
    norm(`${block}.layer_norm2`, VISION);
  }
  norm("vpm.post_layernorm", VISION);

  matrix("resampler.query", QUERIES, HIDDEN);
  matrix("resampler.proj", HIDDEN, HIDDEN);
  matrix("resampler.kv_proj.weight", HIDDEN, VISION);
  matrix("resampler.attn.in_proj_weight", 3 * HIDDEN, HIDDEN);
  vector("resampler.attn.in_proj_bias", 3 * HIDDEN);
  layer("resampler.attn.out_proj", HIDDEN, HIDDEN);
  for (const name of ["ln_q", "ln_kv", "ln_post"]) norm(`resampler.${name}`, HIDDEN);

  matrix("llm.model.embed_tokens.weight", VOCABULARY, HIDDEN);
  for (let i = 0; i < LAYERS; i++) {
    const block = `llm.model.layers.${i}`;
    matrix(`${block}.self_attn.q_proj.weight`, HEADS * HEAD_SIZE, HIDDEN);
    for (const part of ["k", "v"]) {
      matrix(`${block}.self_attn.${part}_proj.weight`, KV_HEADS * HEAD_SIZE, HIDDEN);
    }
    matrix(`${block}.self_attn.o_proj.weight`, HIDDEN, HEADS * HEAD_SIZE);
    for (const part of ["q", "k"]) vector(`${block}.self_attn.${part}_norm.weight`, HEAD_SIZE, 1);
    for (const part of ["gate", "up"]) matrix(`${block}.mlp.${part}_proj.weight`, MLP, HIDDEN);
    matrix(`${block}.mlp.down_proj.weight`, HIDDEN, MLP);
    for (const part of ["input", "post_attention"]) vector(`${block}.${part}_layernorm.weight`, HIDDEN, 1);
  }
  vector("llm.model.norm.weight", HIDDEN, 1);
  matrix("llm.lm_head.weight", VOCABULARY, HIDDEN);
  return tensors;
}

/** Normally distributed numbers, the same for the same seed (Park-Miller, then Box-Muller). */
function normals(seed: number): () => number {
  const uniform = () => (seed = seed * 48271 % 2147483647) / 2147483647;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
