// The tensors and settings of MiniCPM-V 4.5 as the release's Q4_0 file and mmproj file have them: names, types and shapes.
// @see minicpmv45-spec.md sections 1 and 7.2

import type { GgufSetting } from "../../test/support/gguf_file.ts";
import { type Vocabulary, VOCABULARY_SIZE } from "./vocabulary.ts";

/** A tensor of one of the files. */
export interface ReleaseTensor {
  readonly name: string;
  readonly type: "F32" | "F16" | "Q4_0" | "Q6_K";
  /** Outermost dimension first. */
  readonly shape: readonly number[];
}

/** One of the two files. */
export interface ReleaseFile {
  readonly name: string;
  readonly settings: Readonly<Record<string, GgufSetting>>;
  readonly tensors: readonly ReleaseTensor[];
  /** Bytes of all tensors together in the release. */
  readonly byteLength: number;
}

const HIDDEN = 4096;
const LAYERS = 36;
const HEADS = 32;
const KV_HEADS = 8;
const HEAD_SIZE = 128;
const MLP = 12288;
const VISION = { hidden: 1152, layers: 27, heads: 16, mlp: 4304, positions: 4900, patch: 14 };
const QUERIES = 64;

/** The language model. */
export function languageFile({ tokens, kinds, merges, template }: Vocabulary): ReleaseFile {
  return {
    name: "MiniCPM-V-4_5-synthetic-Q4_0.gguf",
    tensors: languageTensors(),
    byteLength: 4_767_727_744,
    settings: {
      "general.architecture": ["string", "qwen3"],
      "general.name": ["string", "MiniCPM-V 4.5 with random weights"],
      "qwen3.context_length": ["uint32", 40960],
      "qwen3.embedding_length": ["uint32", HIDDEN],
      "qwen3.block_count": ["uint32", LAYERS],
      "qwen3.feed_forward_length": ["uint32", MLP],
      "qwen3.attention.head_count": ["uint32", HEADS],
      "qwen3.attention.head_count_kv": ["uint32", KV_HEADS],
      "qwen3.attention.key_length": ["uint32", HEAD_SIZE],
      "qwen3.attention.value_length": ["uint32", HEAD_SIZE],
      "qwen3.rope.freq_base": ["float32", 1e6],
      "qwen3.attention.layer_norm_rms_epsilon": ["float32", 1e-6],
      "tokenizer.ggml.model": ["string", "gpt2"],
      "tokenizer.ggml.pre": ["string", "qwen2"],
      "tokenizer.ggml.tokens": ["strings", tokens],
      "tokenizer.ggml.token_type": ["ints", kinds],
      "tokenizer.ggml.merges": ["strings", merges],
      "tokenizer.ggml.eos_token_id": ["uint32", tokens.indexOf("<|im_end|>")],
      "tokenizer.chat_template": ["string", template],
    },
  };
}

function languageTensors(): ReleaseTensor[] {
  const matrix = (name: string, to: number, from: number): ReleaseTensor => ({
    name: `${name}.weight`,
    // As llama.cpp does unless it is told otherwise: everything in Q4_0 but the output projection.
    type: name === "output" ? "Q6_K" : "Q4_0",
    shape: [to, from],
  });
  const norm = (name: string, size: number): ReleaseTensor => ({
    name: `${name}.weight`,
    type: "F32",
    shape: [size],
  });
  const layers = Array.from({ length: LAYERS }, (_, i) => [
    norm(`blk.${i}.attn_norm`, HIDDEN),
    matrix(`blk.${i}.attn_q`, HEADS * HEAD_SIZE, HIDDEN),
    matrix(`blk.${i}.attn_k`, KV_HEADS * HEAD_SIZE, HIDDEN),
    matrix(`blk.${i}.attn_v`, KV_HEADS * HEAD_SIZE, HIDDEN),
    norm(`blk.${i}.attn_q_norm`, HEAD_SIZE),
    norm(`blk.${i}.attn_k_norm`, HEAD_SIZE),
    matrix(`blk.${i}.attn_output`, HIDDEN, HEADS * HEAD_SIZE),
    norm(`blk.${i}.ffn_norm`, HIDDEN),
    matrix(`blk.${i}.ffn_gate`, MLP, HIDDEN),
    matrix(`blk.${i}.ffn_up`, MLP, HIDDEN),
    matrix(`blk.${i}.ffn_down`, HIDDEN, MLP),
  ]);
  return [
    matrix("token_embd", VOCABULARY_SIZE, HIDDEN),
    ...layers.flat(),
    norm("output_norm", HIDDEN),
    matrix("output", VOCABULARY_SIZE, HIDDEN),
  ];
}

/** The vision tower and the resampler. */
export function visionFile(): ReleaseFile {
  return {
    name: "mmproj-synthetic-f16.gguf",
    tensors: [...towerTensors(), ...resamplerTensors()],
    byteLength: 1_095_087_040,
    settings: {
      "general.architecture": ["string", "clip"],
      "clip.projector_type": ["string", "resampler"],
      "clip.minicpmv_version": ["int32", 6],
      "clip.minicpmv_query_num": ["int32", QUERIES],
      "clip.vision.image_size": ["uint32", 448],
      "clip.vision.patch_size": ["uint32", VISION.patch],
      "clip.vision.embedding_length": ["uint32", VISION.hidden],
      "clip.vision.feed_forward_length": ["uint32", VISION.mlp],
      "clip.vision.attention.head_count": ["uint32", VISION.heads],
      "clip.vision.attention.layer_norm_epsilon": ["float32", 1e-6],
      "clip.vision.block_count": ["uint32", VISION.layers],
      "clip.vision.image_mean": ["floats", [0.5, 0.5, 0.5]],
      "clip.vision.image_std": ["floats", [0.5, 0.5, 0.5]],
      "clip.use_gelu": ["boolean", true],
    },
  };
}

function towerTensors(): ReleaseTensor[] {
  const { hidden, mlp, patch, positions } = VISION;
  const layers = Array.from({ length: VISION.layers }, (_, i) => [
    ...["q", "k", "v", "out"].flatMap((part) => linear(`v.blk.${i}.attn_${part}`, hidden, hidden)),
    ...norm(`v.blk.${i}.ln1`, hidden),
    // The files of the release have these two the wrong way round.
    ...linear(`v.blk.${i}.ffn_down`, mlp, hidden),
    ...linear(`v.blk.${i}.ffn_up`, hidden, mlp),
    ...norm(`v.blk.${i}.ln2`, hidden),
  ]);
  return [
    ...half("v.patch_embd.weight", hidden, 3, patch, patch),
    ...full("v.patch_embd.bias", hidden),
    ...half("v.position_embd.weight", positions, hidden),
    ...layers.flat(),
    ...norm("v.post_ln", hidden),
  ];
}

function resamplerTensors(): ReleaseTensor[] {
  return [
    ...full("resampler.query", QUERIES, HIDDEN),
    ...full("resampler.pos_embed_k", VISION.positions, HIDDEN),
    ...half("resampler.proj.weight", HIDDEN, HIDDEN),
    ...half("resampler.kv.weight", HIDDEN, VISION.hidden),
    ...["q", "k", "v", "out"].flatMap((part) => linear(`resampler.attn.${part}`, HIDDEN, HIDDEN)),
    ...["ln_q", "ln_kv", "ln_post"].flatMap((name) => norm(`resampler.${name}`, HIDDEN)),
  ];
}

function half(name: string, ...shape: number[]): ReleaseTensor[] {
  return [{ name, type: "F16", shape }];
}

function full(name: string, ...shape: number[]): ReleaseTensor[] {
  return [{ name, type: "F32", shape }];
}

function linear(name: string, to: number, from: number): ReleaseTensor[] {
  return [...half(`${name}.weight`, to, from), ...full(`${name}.bias`, to)];
}

function norm(name: string, size: number): ReleaseTensor[] {
  return [...full(`${name}.weight`, size), ...full(`${name}.bias`, size)];
}
