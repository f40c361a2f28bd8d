// The release's settings files, written from what two GGUF files say of themselves. What they have no field for is the
// same in every model of the architecture, and stands here in one place.
// @see minicpmv45-spec.md section 1

import { Failure } from "../../protocol/errors.ts";
import { Fields } from "./fields.ts";
import type { GgufFile } from "./gguf.ts";
import type { Files } from "./gguf_checkpoint.ts";

/** What GGUF files of MiniCPM-V 4.5 do not say. */
const ARCHITECTURE = {
  config: {
    architectures: ["MiniCPMV"],
    model_type: "minicpmv",
    version: 4.5,
    slice_mode: true,
    use_image_id: true,
    batch_vision_input: true,
    batch_3d_resampler: true,
    // The files hold exactly the layers that are used.
    drop_vision_last_layer: false,
    hidden_act: "silu",
    attention_bias: false,
  },
  vision: { model_type: "siglip_vision_model", hidden_act: "gelu_pytorch_tanh" },
  preprocessor: {
    image_processor_type: "MiniCPMVImageProcessor",
    max_slice_nums: 9,
    use_image_id: true,
    slice_mode: true,
    version: 2.6,
    ...{ im_start: "<image>", im_end: "</image>", slice_start: "<slice>", slice_end: "</slice>" },
    ...{ unk: "<unk>", im_id_start: "<image_id>", im_id_end: "</image_id>" },
  },
  generation: { do_sample: true, temperature: 0.6, top_k: 20, top_p: 0.95 },
  /** Tokens that end an answer, besides the one that the files name. */
  stopTokens: ["<|im_end|>", "<|endoftext|>"],
  /** Number of the architecture in the files of this release. */
  version: 6,
};

const LANGUAGE = "qwen3";
const VISION = "clip";

/** Which part of a model a file holds. Throws a Failure "model-invalid" when it is none that we know. */
export function partOf(file: GgufFile): "language" | "vision" {
  const architecture = settingsOf(file).text("general.architecture", "");
  if (architecture === LANGUAGE) return "language";
  if (architecture === VISION) return "vision";
  throw new Failure(
    "model-invalid",
    `Cannot use "${file.path}": its architecture is "${architecture}", and only "${LANGUAGE}" (the language model of ` +
      `MiniCPM-V 4.5) and "${VISION}" (its mmproj file) can be converted.`,
    { subject: file.path },
  );
}

/** The settings of a file, to be read with their types checked. */
export function settingsOf({ path, settings }: GgufFile): Fields {
  return Fields.of(path, Object.fromEntries(settings));
}

/**
 * Contents of config.json, preprocessor_config.json and generation_config.json.
 * @throws Failure "model-invalid" naming the file and setting
 */
export function writeConfig(files: Files): Readonly<Record<string, object>> {
  requireSupported(files);
  const vision = settingsOf(files.vision);
  const patchSize = vision.count("clip.vision.patch_size");
  const scaleResolution = vision.count("clip.vision.image_size", 448);
  return {
    "config.json": {
      ...ARCHITECTURE.config,
      ...languageConfig(files.language),
      query_num: rowsOf(files.vision, "resampler.query"),
      image_size: scaleResolution,
      patch_size: patchSize,
      vision_config: {
        ...ARCHITECTURE.vision,
        hidden_size: vision.count("clip.vision.embedding_length"),
        num_hidden_layers: vision.count("clip.vision.block_count"),
        num_attention_heads: vision.count("clip.vision.attention.head_count"),
        intermediate_size: vision.count("clip.vision.feed_forward_length"),
        layer_norm_eps: vision.number("clip.vision.attention.layer_norm_epsilon"),
        patch_size: patchSize,
        // The file names the size that pictures are cut to; the table of positions is larger.
        image_size: Math.round(Math.sqrt(rowsOf(files.vision, "v.position_embd.weight"))) * patchSize,
      },
    },
    "preprocessor_config.json": {
      ...ARCHITECTURE.preprocessor,
      patch_size: patchSize,
      scale_resolution: scaleResolution,
      norm_mean: vision.triple("clip.vision.image_mean", [0.5, 0.5, 0.5]),
      norm_std: vision.triple("clip.vision.image_std", [0.5, 0.5, 0.5]),
    },
    "generation_config.json": { ...ARCHITECTURE.generation, eos_token_id: stopTokenIds(files.language) },
  };
}

function languageConfig(file: GgufFile): object {
  const settings = settingsOf(file);
  const count = (key: string, fallback?: number) => settings.count(`${LANGUAGE}.${key}`, fallback);
  const headCount = count("attention.head_count");
  return {
    hidden_size: count("embedding_length"),
    num_hidden_layers: count("block_count"),
    num_attention_heads: headCount,
    num_key_value_heads: count("attention.head_count_kv", headCount),
    head_dim: count("attention.key_length", count("embedding_length") / headCount),
    intermediate_size: count("feed_forward_length"),
    rms_norm_eps: settings.number(`${LANGUAGE}.attention.layer_norm_rms_epsilon`),
    rope_theta: settings.number(`${LANGUAGE}.rope.freq_base`),
    max_position_embeddings: count("context_length"),
    vocab_size: rowsOf(file, "token_embd.weight"),
    tie_word_embeddings: !file.tensors.has("output.weight"),
  };
}

function rowsOf({ path, tensors }: GgufFile, name: string): number {
  const rows = tensors.get(name)?.shape[0];
  if (rows !== undefined) return rows;
  throw new Failure("model-invalid", `Cannot use "${path}": tensor "${name}" is missing.`, { subject: path });
}

function stopTokenIds(file: GgufFile): number[] {
  const tokens = settingsOf(file).texts("tokenizer.ggml.tokens");
  const named = settingsOf(file).counts("tokenizer.ggml.eos_token_id", []);
  const known = ARCHITECTURE.stopTokens.map((text) => tokens.indexOf(text)).filter((id) => id >= 0);
  return [...new Set([...named, ...known])];
}

/** Refuses what would load but compute something else. */
function requireSupported({ language, vision }: Files): void {
  const refuse = ({ path }: GgufFile, reason: string) => {
    throw new Failure("model-invalid", `Cannot use "${path}": ${reason}.`, { subject: path });
  };
  const text = settingsOf(language);
  const scaling = text.text(`${LANGUAGE}.rope.scaling.type`, "none");
  if (scaling !== "none") refuse(language, `rotary positions with "${scaling}" scaling are not supported`);
  const keyLength = text.count(`${LANGUAGE}.attention.key_length`, 1);
  if (text.count(`${LANGUAGE}.attention.value_length`, keyLength) !== keyLength) {
    refuse(language, "its keys and values have different lengths");
  }
  const eyes = settingsOf(vision);
  const projector = eyes.text("clip.projector_type", "resampler");
  const version = eyes.count("clip.minicpmv_version", ARCHITECTURE.version);
  if (projector !== "resampler" || version !== ARCHITECTURE.version) {
    refuse(
      vision,
      `it is for another model (projector "${projector}", version ${version}; MiniCPM-V 4.5 has "resampler", ` +
        `version ${ARCHITECTURE.version})`,
    );
  }
  if (!eyes.boolean("clip.use_gelu", true)) refuse(vision, "its activation is not GELU");
}
