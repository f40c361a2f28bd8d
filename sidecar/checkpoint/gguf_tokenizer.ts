// tokenizer.json and tokenizer_config.json of the release, written from the vocabulary of a GGUF file.

import { Failure } from "../../protocol/errors.ts";
import type { GgufFile } from "./gguf.ts";
import { settingsOf } from "./gguf_config.ts";

/** Kinds of tokens in `tokenizer.ggml.token_type`. */
const TOKEN = { unknown: 2, control: 3, userDefined: 4 };

/** How Qwen's tokenizers split a text before merging. */
const SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/**
 * Contents of tokenizer.json and tokenizer_config.json.
 * @throws Failure "model-invalid" naming the file and setting
 */
export function writeTokenizer(file: GgufFile): Readonly<Record<string, object>> {
  const settings = settingsOf(file);
  const refuse = (reason: string) =>
    new Failure("model-invalid", `Cannot use "${file.path}": ${reason}.`, { subject: file.path });
  for (const [key, known] of [["model", "gpt2"], ["pre", "qwen2"]] as const) {
    const found = settings.text(`tokenizer.ggml.${key}`);
    if (found !== known) {
      throw refuse(`its tokenizer is of the kind "${found}", and only "${known}" is known`);
    }
  }
  const tokens = settings.texts("tokenizer.ggml.tokens");
  const kinds = settings.counts("tokenizer.ggml.token_type");
  const rows = file.tensors.get("token_embd.weight")?.shape[0];
  if (kinds.length !== tokens.length || rows !== tokens.length) {
    throw refuse(`it has ${tokens.length} tokens, ${kinds.length} kinds of tokens and ${rows} embeddings`);
  }
  if (new Set(tokens).size !== tokens.length) throw refuse("a token stands in its vocabulary twice");
  const tokenText = (key: string, fallback: string) =>
    tokens[settings.counts(`tokenizer.ggml.${key}`, [tokens.indexOf(fallback)])[0] ?? -1] ?? fallback;
  return {
    "tokenizer.json": bytePairs(tokens, kinds, settings.texts("tokenizer.ggml.merges"), refuse),
    "tokenizer_config.json": {
      chat_template: settings.text("tokenizer.chat_template"),
      bos_token: "<|im_start|>",
      eos_token: tokenText("eos_token_id", "<|im_end|>"),
      pad_token: tokenText("padding_token_id", "<|endoftext|>"),
      unk_token: "<unk>",
      add_bos_token: false,
      add_prefix_space: false,
      clean_up_tokenization_spaces: false,
    },
  };
}

function bytePairs(
  tokens: readonly string[],
  kinds: readonly number[],
  merges: readonly string[],
  refuse: (reason: string) => Failure,
): object {
  const vocab: Record<string, number> = Object.create(null);
  const added: object[] = [];
  for (const [id, content] of tokens.entries()) {
    const kind = kinds[id];
    if (kind !== TOKEN.unknown && kind !== TOKEN.control && kind !== TOKEN.userDefined) {
      vocab[content] = id;
      continue;
    }
    const special = kind !== TOKEN.userDefined;
    added.push({ id, content, special, single_word: false, lstrip: false, rstrip: false, normalized: false });
  }
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: SPLIT }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      ...{ dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false },
      vocab,
      merges: merges.map((merge) => {
        const parts = merge.split(" ");
        if (parts.length !== 2) throw refuse(`"${merge}" is no pair of tokens to merge`);
        return parts;
      }),
    },
  };
}
