// The tiny checkpoint as a GGUF language model and mmproj file, as the converters of llama.cpp write them.

import { decodeValues, isFloatType, type StoredType } from "../../sidecar/checkpoint/stored_types.ts";
import { NANO } from "./places.ts";
import { gguf, type GgufSetting, type GgufTensorToWrite } from "./gguf_file.ts";
import { randomBlocks, toHalf, TYPE_CODES, uniforms } from "./random_blocks.ts";
import type { TensorToWrite } from "./safetensors_file.ts";
import { writeTinyCheckpoint } from "./tiny_checkpoint.ts";

/** Long enough for blocks of 256. */
const HIDDEN = 256;

/** Parts of the release's names and what stands for them, in order. */
const NAMES: readonly (readonly [string, string])[] = [
  ["llm.model.layers.", "blk."],
  ["llm.model.embed_tokens", "token_embd"],
  ["llm.model.norm", "output_norm"],
  ["llm.lm_head", "output"],
  ["vpm.encoder.layers.", "v.blk."],
  ["vpm.embeddings.patch_embedding", "v.patch_embd"],
  ["vpm.embeddings.position_embedding", "v.position_embd"],
  ["vpm.post_layernorm", "v.post_ln"],
  ["self_attn.o_proj", "attn_output"],
  ["self_attn.out_proj", "attn_out"],
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["self_attn.q_norm", "attn_q_norm"],
  ["self_attn.k_norm", "attn_k_norm"],
  ["post_attention_layernorm", "ffn_norm"],
  ["input_layernorm", "attn_norm"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
  // The files of the release have these two the wrong way round.
  ["mlp.fc1", "ffn_down"],
  ["mlp.fc2", "ffn_up"],
  ["layer_norm1", "ln1"],
  ["layer_norm2", "ln2"],
  ["resampler.kv_proj", "resampler.kv"],
  ["resampler.attn.out_proj", "resampler.attn.out"],
];

/** The two files, before they are written. */
export interface TinyGguf {
  readonly language: Parts;
  readonly vision: Parts;
  /** The same weights in the release's form, every one as the float32 that it stands for. */
  readonly tensors: Readonly<Record<string, TensorToWrite>>;
}

interface Parts {
  readonly settings: Record<string, GgufSetting>;
  readonly tensors: Record<string, GgufTensorToWrite>;
}

/**
 * Makes the model.
 * @param folder gets the tiny checkpoint, for its tokenizer and settings
 * @param typeOf how a matrix of the decoder is stored
 */
export async function tinyGguf(
  folder: string,
  typeOf: (name: string, columns: number) => StoredType,
): Promise<TinyGguf> {
  const checkpoint = await writeTinyCheckpoint(folder, {}, undefined, HIDDEN);
  const language: Parts = { settings: await languageSettings(), tensors: {} };
  const vision: Parts = { settings: visionSettings(), tensors: {} };
  const tensors: Record<string, TensorToWrite> = {};
  const random = uniforms(7);
  for (const [name, tensor] of Object.entries(checkpoint.tensors)) {
    const { shape } = tensor;
    const isMatrix = name.startsWith("llm.") && shape.length === 2;
    const type = isMatrix ? typeOf(name, shape[1] as number) : "F32";
    const data = encode(type, tensor, random);
    tensors[name] = { shape, data: decodeValues(type, data) };
    const code = TYPE_CODES[type];
    if (name.startsWith("llm.")) language.tensors[ggufName(name)] = { code, shape, data };
    else addVision(vision.tensors, name, shape, data);
  }
  return { language, vision, tensors };
}

/** Writes the two files, and says where. */
export async function writeTinyGguf(
  folder: string,
  { language, vision }: TinyGguf,
): Promise<[string, string]> {
  const paths: [string, string] = [`${folder}/model.gguf`, `${folder}/mmproj.gguf`];
  await Deno.writeFile(paths[0], gguf(language.settings, language.tensors));
  await Deno.writeFile(paths[1], gguf(vision.settings, vision.tensors));
  return paths;
}

/** Writes the language model in parts, as llama.cpp splits it, and its mmproj file; says where, the latter last. */
export async function writeGgufParts(
  folder: string,
  { language, vision }: TinyGguf,
  count: number,
): Promise<string[]> {
  const tensors = Object.entries(language.tensors);
  const step = Math.ceil(tensors.length / count);
  const number = (value: number) => String(value).padStart(5, "0");
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const settings: Record<string, GgufSetting> = {
      ...i === 0 ? language.settings : {},
      "split.no": ["uint32", i],
      "split.count": ["uint32", count],
      "split.tensors.count": ["int32", tensors.length],
    };
    const path = `${folder}/model-${number(i + 1)}-of-${number(count)}.gguf`;
    const part = Object.fromEntries(tensors.slice(i * step, (i + 1) * step));
    await Deno.writeFile(path, gguf(settings, part));
    paths.push(path);
  }
  const mmproj = `${folder}/mmproj.gguf`;
  await Deno.writeFile(mmproj, gguf(vision.settings, vision.tensors));
  return [...paths, mmproj];
}

function ggufName(name: string): string {
  return NAMES.reduce((text, [from, to]) => text.replace(from, to), name);
}

function addVision(
  tensors: Record<string, GgufTensorToWrite>,
  name: string,
  shape: readonly number[],
  data: Uint8Array<ArrayBuffer>,
): void {
  const joined = /^resampler\.attn\.in_proj_(weight|bias)$/.exec(name);
  if (joined !== null) {
    const third = data.length / 3;
    ["q", "k", "v"].forEach((part, i) => {
      tensors[`resampler.attn.${part}.${joined[1]}`] = {
        code: TYPE_CODES.F32,
        shape: [shape[0] as number / 3, ...shape.slice(1)],
        data: data.subarray(i * third, (i + 1) * third),
      };
    });
  } else if (name === "resampler.proj") {
    const [size = 0] = shape;
    const values = new Float32Array(data.buffer);
    const turned = values.map((_, i) => values[i % size * size + Math.floor(i / size)] as number);
    tensors["resampler.proj.weight"] = { code: TYPE_CODES.F32, shape, data: new Uint8Array(turned.buffer) };
  } else tensors[ggufName(name)] = { code: TYPE_CODES.F32, shape, data };
}

function encode(type: StoredType, { data }: TensorToWrite, random: () => number): Uint8Array<ArrayBuffer> {
  const words = (word: (value: number) => number) => new Uint8Array(Uint16Array.from(data, word).buffer);
  if (!isFloatType(type)) return randomBlocks(type, data.length, 0.06, random);
  switch (type) {
    case "F32":
      return new Uint8Array(new Float32Array(data).buffer);
    case "F16":
      return words(toHalf);
    case "BF16":
      return words((value) => new Uint32Array(Float32Array.of(value).buffer)[0] as number >>> 16);
  }
}

async function languageSettings(): Promise<Record<string, GgufSetting>> {
  const tokenizer = JSON.parse(await Deno.readTextFile(`${NANO}/tokenizer.json`));
  const { chat_template } = JSON.parse(await Deno.readTextFile(`${NANO}/tokenizer_config.json`));
  const { vocab, merges } = tokenizer.model as {
    vocab: Record<string, number>;
    merges: (string | string[])[];
  };
  const tokens: string[] = [];
  const kinds: number[] = [];
  for (const [text, id] of Object.entries(vocab)) [tokens[id], kinds[id]] = [text, 1];
  for (const { id, content, special } of tokenizer.added_tokens) {
    [tokens[id], kinds[id]] = [content, special ? 3 : 4];
  }
  return {
    "general.architecture": ["string", "qwen3"],
    "general.name": ["string", "Tiny"],
    "qwen3.context_length": ["uint32", 512],
    "qwen3.embedding_length": ["uint32", HIDDEN],
    "qwen3.block_count": ["uint32", 2],
    "qwen3.feed_forward_length": ["uint32", 320],
    "qwen3.attention.head_count": ["uint32", 4],
    "qwen3.attention.head_count_kv": ["uint32", 2],
    "qwen3.attention.key_length": ["uint32", 64],
    "qwen3.attention.value_length": ["uint32", 64],
    "qwen3.rope.freq_base": ["float32", 10000],
    "qwen3.attention.layer_norm_rms_epsilon": ["float32", 1e-6],
    "tokenizer.ggml.model": ["string", "gpt2"],
    "tokenizer.ggml.pre": ["string", "qwen2"],
    "tokenizer.ggml.tokens": ["strings", tokens],
    "tokenizer.ggml.token_type": ["ints", kinds],
    "tokenizer.ggml.merges": [
      "strings",
      merges.map((pair) => typeof pair === "string" ? pair : pair.join(" ")),
    ],
    "tokenizer.ggml.eos_token_id": ["uint32", tokens.indexOf("<|im_end|>")],
    "tokenizer.chat_template": ["string", chat_template],
  };
}

function visionSettings(): Record<string, GgufSetting> {
  return {
    "general.architecture": ["string", "clip"],
    "clip.projector_type": ["string", "resampler"],
    "clip.minicpmv_version": ["int32", 6],
    "clip.minicpmv_query_num": ["int32", 4],
    "clip.vision.image_size": ["uint32", 70],
    "clip.vision.patch_size": ["uint32", 14],
    "clip.vision.embedding_length": ["uint32", 48],
    "clip.vision.feed_forward_length": ["uint32", 80],
    "clip.vision.attention.head_count": ["uint32", 3],
    "clip.vision.attention.layer_norm_epsilon": ["float32", 1e-6],
    "clip.vision.block_count": ["uint32", 2],
    "clip.vision.image_mean": ["floats", [0.5, 0.5, 0.5]],
    "clip.vision.image_std": ["floats", [0.5, 0.5, 0.5]],
    "clip.use_gelu": ["boolean", true],
  };
}
