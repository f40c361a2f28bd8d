// A reply while it grows: token ids become two texts, the trace and the answer, told piece by piece.

import { Detokenizer } from "./text/detokenizer.ts";
import { StopStrings } from "./text/stop_strings.ts";
import { type ReplyPiece, ThinkingSplitter } from "./text/thinking.ts";
import type { Tokenizer } from "./text/tokenizer.ts";

/** How a reply begins and ends, and who is told. */
export interface ReplyOptions {
  readonly tokenizer: Tokenizer;
  /** Whether the prompt left the model inside a trace. */
  readonly isThinking: boolean;
  /** The answer ends before the first of these. */
  readonly stopStrings: readonly string[];
  /** Told each piece of text, with the number of tokens of its kind so far. */
  readonly onPiece: (piece: ReplyPiece & { readonly tokenCount: number }) => void;
}

/** Turns token ids into the reply's two texts. */
export class Reply {
  readonly #detokenizer: Detokenizer;
  readonly #splitter: ThinkingSplitter;
  readonly #stops: StopStrings;
  readonly #onPiece: ReplyOptions["onPiece"];
  readonly #tags: { readonly open: number | undefined; readonly close: number | undefined };
  /** Tokens so far of each kind, and tokens whose kind is not known yet. */
  readonly #counts = { thinking: 0, answer: 0 };
  #pending = 0;
  #traceLength = 0;
  text = "";
  thinking = "";

  constructor({ tokenizer, isThinking, stopStrings, onPiece }: ReplyOptions) {
    this.#detokenizer = new Detokenizer(tokenizer);
    this.#splitter = new ThinkingSplitter(isThinking);
    this.#stops = new StopStrings(stopStrings);
    this.#tags = { open: tokenizer.tokenId("<think>"), close: tokenizer.tokenId("</think>") };
    this.#onPiece = onPiece;
  }

  /** Whether the next token belongs to the trace. */
  get isThinking(): boolean {
    return this.#splitter.isThinking;
  }

  /** Tokens of the trace so far. */
  get traceLength(): number {
    return this.#traceLength;
  }

  /** Whether a stop string has come. */
  get hasStopped(): boolean {
    return this.#stops.hasStopped;
  }

  /** Takes the next token. */
  push(id: number): void {
    this.#pending++;
    if (this.isThinking) this.#traceLength++;
    if (id === this.#tags.open) this.#openTrace();
    else if (id === this.#tags.close) this.closeTrace();
    else this.#tell(this.#splitter.push(this.#detokenizer.push(id)));
  }

  /** Ends the trace, where there is one. */
  closeTrace(): void {
    this.#tell(this.#splitter.push(this.#detokenizer.flush()));
    this.#tell(this.#splitter.closeTrace());
  }

  /**
   * Ends the reply.
   * @param isCut whether it may be continued: half a character is left out then, since it will come again
   */
  finish(isCut: boolean): void {
    const rest = this.#detokenizer.flush();
    this.#tell(this.#splitter.push(isCut ? rest.replace(/\ufffd+$/, "") : rest));
    this.#tell(this.#splitter.flush());
    this.#append("answer", this.#stops.flush());
  }

  #openTrace(): void {
    this.#tell(this.#splitter.push(this.#detokenizer.flush()));
    this.#append("answer", this.#stops.flush());
    this.#splitter.openTrace();
  }

  #tell(pieces: readonly ReplyPiece[]): void {
    for (const { kind, text } of pieces) {
      this.#append(kind, kind === "answer" ? this.#stops.push(text) : text);
    }
  }

  #append(kind: ReplyPiece["kind"], text: string): void {
    if (text === "") return;
    if (kind === "thinking") this.thinking += text;
    else this.text += text;
    this.#counts[kind] += this.#pending;
    this.#pending = 0;
    this.#onPiece({ kind, text, tokenCount: this.#counts[kind] });
  }
}
