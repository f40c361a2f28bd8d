// The settings of a checkpoint, read and checked once. Everything else takes this record; nothing about a
// model is written anywhere in the code.
// @see minicpmv45-spec.md section 1

import { Failure } from "../../protocol/errors.ts";
import type { Normalization } from "../image/patches.ts";
import type { SliceConfig } from "../image/slice.ts";
import type { Sampling } from "../sampling.ts";
import { Fields } from "./fields.ts";

/** Qwen3 decoder. */
export interface DecoderConfig {
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  /** Key-value heads; each serves headCount / kvHeadCount query heads. */
  readonly kvHeadCount: number;
  readonly headSize: number;
  readonly mlpSize: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  /** Most tokens of prompt and answer together. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Whether the output projection is the embedding table. */
  readonly hasTiedEmbeddings: boolean;
}

/** SigLIP vision tower in NaViT form. */
export interface VisionConfig {
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly mlpSize: number;
  readonly patchSize: number;
  /** Learned positions along one side. */
  readonly positionsPerSide: number;
  readonly normEpsilon: number;
}

/** Unified 3D-resampler. */
export interface ResamplerConfig {
  /** Visual tokens of a group of slices. */
  readonly queryCount: number;
  readonly headCount: number;
}

/** How to sample when nobody says otherwise. */
export interface SamplingDefaults {
  readonly thinking: Sampling;
  readonly answering: Sampling;
  readonly maxNewTokens: number;
}

/** Everything that is known about a checkpoint besides its weights and tokenizer. */
export interface ModelConfig {
  readonly decoder: DecoderConfig;
  readonly vision: VisionConfig;
  readonly resampler: ResamplerConfig;
  readonly slicing: SliceConfig;
  readonly normalization: Normalization;
  /** Whether pictures are numbered in the prompt. */
  readonly usesImageIds: boolean;
  readonly markers: PictureMarkers;
  /** Tokens that end an answer. */
  readonly stopTokenIds: readonly number[];
  readonly sampling: SamplingDefaults;
}

/** The texts that stand around and in place of a picture in the prompt. */
export interface PictureMarkers {
  readonly imageStart: string;
  readonly imageEnd: string;
  readonly sliceStart: string;
  readonly sliceEnd: string;
  readonly imageIdStart: string;
  readonly imageIdEnd: string;
  /** Stands once for each visual token. */
  readonly placeholder: string;
}

/** The resampler's heads are 128 wide in every release. */
const RESAMPLER_HEAD_SIZE = 128;
const DEFAULT_MAX_NEW_TOKENS = 2048;
/**
 * What the reference's `chat()` samples with when the model does not think; it reads no file for it.
 * @see minicpmv45-spec.md section 6.1
 */
const CHAT_SAMPLING: Sampling = { repetitionPenalty: 1.03, temperature: 0.7, topK: 100, topP: 0.8, minP: 0 };

/**
 * Reads config.json, preprocessor_config.json and generation_config.json of a checkpoint folder.
 * @throws Failure "model-missing" or "model-invalid" naming the file and field
 */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const config = await Fields.read(folder, "config.json");
  const preprocessor = await Fields.read(folder, "preprocessor_config.json");
  const generation = await Fields.read(folder, "generation_config.json", { isOptional: true });
  requireArchitecture(config, folder);
  const vision = config.object("vision_config");
  const hiddenSize = config.count("hidden_size");
  const headCount = config.count("num_attention_heads");
  const patchSize = vision.count("patch_size");
  return {
    decoder: {
      hiddenSize,
      layerCount: config.count("num_hidden_layers"),
      headCount,
      kvHeadCount: config.count("num_key_value_heads", headCount),
      headSize: config.count("head_dim", hiddenSize / headCount),
      mlpSize: config.count("intermediate_size"),
      normEpsilon: config.number("rms_norm_eps", 1e-6),
      ropeTheta: config.number("rope_theta", 1e6),
      contextLength: config.count("max_position_embeddings"),
      vocabularySize: config.count("vocab_size"),
      hasTiedEmbeddings: config.boolean("tie_word_embeddings", false),
    },
    vision: {
      hiddenSize: vision.count("hidden_size"),
      layerCount: vision.count("num_hidden_layers") -
        (config.boolean("drop_vision_last_layer", true) ? 1 : 0),
      headCount: vision.count("num_attention_heads"),
      mlpSize: vision.count("intermediate_size"),
      patchSize,
      positionsPerSide: Math.floor(vision.count("image_size") / patchSize),
      normEpsilon: vision.number("layer_norm_eps", 1e-6),
    },
    resampler: {
      queryCount: config.count("query_num"),
      headCount: Math.max(1, Math.floor(hiddenSize / RESAMPLER_HEAD_SIZE)),
    },
    slicing: {
      scaleResolution: preprocessor.count("scale_resolution", 448),
      maxSliceCount: preprocessor.count("max_slice_nums", 9),
      patchSize: preprocessor.count("patch_size", patchSize),
    },
    normalization: {
      mean: preprocessor.triple("norm_mean", [0.5, 0.5, 0.5]),
      std: preprocessor.triple("norm_std", [0.5, 0.5, 0.5]),
    },
    usesImageIds: preprocessor.boolean("use_image_id", config.boolean("use_image_id", true)),
    markers: {
      imageStart: preprocessor.text("im_start", "<image>"),
      imageEnd: preprocessor.text("im_end", "</image>"),
      sliceStart: preprocessor.text("slice_start", "<slice>"),
      sliceEnd: preprocessor.text("slice_end", "</slice>"),
      imageIdStart: preprocessor.text("im_id_start", "<image_id>"),
      imageIdEnd: preprocessor.text("im_id_end", "</image_id>"),
      placeholder: preprocessor.text("unk", "<unk>"),
    },
    stopTokenIds: generation.counts("eos_token_id", config.counts("eos_token_id", [])),
    sampling: samplingOf(generation),
  };
}

/** The settings' own way to sample, which is meant for thinking; checkpoints that do not sample are greedy always. */
function samplingOf(generation: Fields): SamplingDefaults {
  const samples = generation.boolean("do_sample", false);
  const own: Sampling = {
    repetitionPenalty: generation.number("repetition_penalty", 1),
    temperature: samples ? generation.number("temperature", 1) : 0,
    topK: generation.number("top_k", 0),
    topP: generation.number("top_p", 1),
    minP: generation.number("min_p", 0),
  };
  return {
    thinking: own,
    answering: samples ? CHAT_SAMPLING : own,
    maxNewTokens: generation.number("max_new_tokens", DEFAULT_MAX_NEW_TOKENS),
  };
}

/** Refuses what would load but compute something else. */
function requireArchitecture(config: Fields, folder: string): void {
  const vision = config.object("vision_config");
  const expected: [Fields, string, string][] = [
    [config, "model_type", "minicpmv"],
    [config, "hidden_act", "silu"],
    [vision, "hidden_act", "gelu_pytorch_tanh"],
  ];
  for (const [fields, key, value] of expected) {
    const found = fields.text(key, value);
    if (found !== value) {
      throw new Failure(
        "model-invalid",
        `Cannot use the model in "${folder}": its ${key} is "${found}", and only "${value}" ` +
          `(MiniCPM-V 4.5 and models of its architecture) can be run.`,
        { subject: folder },
      );
    }
  }
  if (config.boolean("attention_bias", false) || config.has("rope_scaling")) {
    throw new Failure(
      "model-invalid",
      `Cannot use the model in "${folder}": attention biases and scaled rotary positions are not supported.`,
      { subject: folder },
    );
  }
}
