import type { Tokenizer } from "./tokenizer.ts";

/** Longest run of tokens that can share one character; anything longer is broken text and shown as it is. */
const MAX_PENDING = 8;
const REPLACEMENT = "\ufffd";

/** Turns a stream of token ids into text, holding back characters that are not complete yet. */
export class Detokenizer {
  readonly #tokenizer: Tokenizer;
  #pending: number[] = [];

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** The text that became certain with this token; often "" within a character of several tokens. */
  push(id: number): string {
    this.#pending.push(id);
    const text = this.#tokenizer.decode(this.#pending);
    if (text.endsWith(REPLACEMENT) && this.#pending.length < MAX_PENDING) return "";
    this.#pending = [];
    return text;
  }

  /** What is left at the end. */
  flush(): string {
    const text = this.#tokenizer.decode(this.#pending);
    this.#pending = [];
    return text;
  }
}
