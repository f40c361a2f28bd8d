import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { Failure } from "../../protocol/errors.ts";

/** A checkpoint's tokenizer. Special tokens are recognised in any text given to {@link encode}. */
export class Tokenizer {
  readonly #tokenizer: HuggingFaceTokenizer;
  /** Texts that stand for one token each, special or not ("<|im_end|>", "</think>", …), longest first. */
  readonly addedTokens: readonly string[];

  private constructor(tokenizer: HuggingFaceTokenizer) {
    this.#tokenizer = tokenizer;
    this.addedTokens = [...tokenizer.get_added_tokens_decoder().values()].map(({ content }) => content)
      .sort((a, b) => b.length - a.length);
  }

  /**
   * Reads tokenizer.json of a checkpoint folder.
   * @throws Failure "model-missing" or "model-invalid"
   */
  static async open(folder: string, config: object): Promise<Tokenizer> {
    let text: string;
    try {
      text = await Deno.readTextFile(`${folder}/tokenizer.json`);
    } catch (cause) {
      throw new Failure(
        "model-missing",
        `Cannot load the model in "${folder}": tokenizer.json cannot be read.`,
        {
          subject: folder,
          cause,
        },
      );
    }
    try {
      return new Tokenizer(new HuggingFaceTokenizer(JSON.parse(text), config));
    } catch (cause) {
      throw new Failure("model-invalid", `Cannot use the model in "${folder}": tokenizer.json is damaged.`, {
        subject: folder,
        cause,
      });
    }
  }

  /** Token ids of a text, without any token added at its ends. */
  encode(text: string): number[] {
    return text === "" ? [] : this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** The text of token ids, special tokens included. Bytes that are no whole character become U+FFFD. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return "";
    return this.#tokenizer.decode([...ids], {
      skip_special_tokens: false,
      clean_up_tokenization_spaces: false,
    });
  }

  /** Id of a token by its text; undefined when there is none. */
  tokenId(text: string): number | undefined {
    return this.#tokenizer.token_to_id(text);
  }
}
