// A vocabulary of the release's size: the release's own from a folder of its tokenizer files, or one made of Nano's.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a GGUF file holds of a tokenizer. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  /** ggml's number of each token's kind. */
  readonly kinds: readonly number[];
  /** Pairs with a blank between, the most urgent first. */
  readonly merges: readonly string[];
  /** The chat template. */
  readonly template: string;
}

interface AddedToken {
  readonly content: string;
  readonly special: boolean;
}

/** Rows of the release's embedding table. */
export const VOCABULARY_SIZE = 151748;
const KIND = { normal: 1, control: 3, userDefined: 4 };
/** Merges of the release; a made-up vocabulary has as many. */
const MERGES = 151_387;

/** Reads vocab.json, merges.txt and tokenizer_config.json of the release. */
export async function readVocabulary(folder: string): Promise<Vocabulary> {
  const read = (name: string) => readFile(join(folder, name), "utf8");
  const vocab = JSON.parse(await read("vocab.json")) as Record<string, number>;
  const config = JSON.parse(await read("tokenizer_config.json")) as {
    chat_template: string;
    added_tokens_decoder: Record<string, AddedToken>;
  };
  const lines = (await read("merges.txt")).split("\n");
  return {
    ...list(vocab, Object.entries(config.added_tokens_decoder)),
    merges: lines.filter((line) => line !== "" && !line.startsWith("#version")),
    template: config.chat_template,
  };
}

/** Nano's vocabulary with as many words and merges that occur in no text as the release has. */
export async function makeVocabulary(nanoFolder: string): Promise<Vocabulary> {
  const read = async (name: string) => JSON.parse(await readFile(join(nanoFolder, name), "utf8")) as unknown;
  const { model, added_tokens } = await read("tokenizer.json") as {
    model: { vocab: Record<string, number>; merges: (string | readonly string[])[] };
    added_tokens: readonly (AddedToken & { id: number })[];
  };
  const { chat_template } = await read("tokenizer_config.json") as { chat_template: string };
  const merges = model.merges.map((pair) => typeof pair === "string" ? pair : pair.join(" "));
  return {
    ...list(model.vocab, added_tokens.map((token) => [String(token.id), token])),
    merges: [...merges, ...Array.from({ length: MERGES - merges.length }, (_, i) => `\u0378${i} \u0379`)],
    template: chat_template,
  };
}

function list(
  vocab: Readonly<Record<string, number>>,
  added: readonly (readonly [id: string, token: AddedToken])[],
): Pick<Vocabulary, "tokens" | "kinds"> {
  // U+0378 is no character, so that no text has such a word.
  const tokens = Array.from({ length: VOCABULARY_SIZE }, (_, i) => `\u0378${i}`);
  const kinds = tokens.map(() => KIND.normal);
  for (const [text, id] of Object.entries(vocab)) tokens[id] = text;
  for (const [id, { content, special }] of added) {
    tokens[Number(id)] = content;
    kinds[Number(id)] = special ? KIND.control : KIND.userDefined;
  }
  return { tokens, kinds };
}
