/** The parts of a byte-level BPE tokenizer. */
export interface TokenizerParts {
  readonly vocab: Readonly<Record<string, number>>;
  /** Pairs with a blank between, the most urgent first. */
  readonly merges: readonly string[];
  readonly added: Readonly<Record<string, number>>;
}

/** How Qwen splits text into words. */
const WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** Writes a tokenizer.json as the release has it. */
export async function writeTokenizer(
  folder: string,
  { vocab, merges, added }: TokenizerParts,
): Promise<void> {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const tokenizer = {
    version: "1.0",
    added_tokens: Object.entries(added).map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: !/think|tool|fim|repo_name|file_sep/.test(content),
    })),
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: WORDS }, behavior: "Isolated", invert: false },
        byteLevel,
      ],
    },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: merges.map((pair) => pair.split(" ")),
    },
  };
  await Deno.writeTextFile(`${folder}/tokenizer.json`, JSON.stringify(tokenizer));
}
