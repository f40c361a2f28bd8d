// Tells the model's reasoning from its answer while both stream.
// @see minicpmv45-spec.md section 5.8

const END = "</think>";

/** A piece of the reply. */
export interface ReplyPiece {
  readonly kind: "thinking" | "answer";
  readonly text: string;
}

/**
 * Splits streamed text at the end tag of the trace, wherever the pieces break. Everything before it is thinking;
 * after it, line feeds are dropped until the answer begins. Tags that come as tokens of their own are told by
 * {@link openTrace} and {@link closeTrace}, so that an answer may well quote one that was spelled out.
 */
export class ThinkingSplitter {
  #isThinking: boolean;
  /** Text that may be the beginning of the end tag, or line breaks that may be the end of the trace. */
  #held = "";
  #skipsLineFeeds = false;

  /** @param isThinking whether the prompt left the model inside a trace */
  constructor(isThinking: boolean) {
    this.#isThinking = isThinking;
  }

  /** Whether the next piece of text belongs to the trace. */
  get isThinking(): boolean {
    return this.#isThinking;
  }

  /** Takes the next piece of text and returns what is now certain. */
  push(text: string): ReplyPiece[] {
    text = this.#withoutLineFeeds(text);
    if (!this.#isThinking) return piece("answer", text);
    this.#held += text;
    const end = this.#held.indexOf(END);
    if (end >= 0) {
      const rest = this.#held.slice(end + END.length);
      this.#held = this.#held.slice(0, end);
      return [...this.closeTrace(), ...this.push(rest)];
    }
    const certain = this.#held.length - uncertainTail(this.#held);
    const thought = this.#held.slice(0, certain);
    this.#held = this.#held.slice(certain);
    return piece("thinking", thought);
  }

  /** A trace begins, also in the middle of an answer: what follows is no answer. */
  openTrace(): void {
    this.#isThinking = true;
    this.#skipsLineFeeds = true;
  }

  /** The trace ends. Outside of one, the tag is noise that some models make. */
  closeTrace(): ReplyPiece[] {
    if (!this.#isThinking) return [];
    this.#isThinking = false;
    this.#skipsLineFeeds = true;
    return this.flush();
  }

  /** What was held back, when the reply or the trace has ended. */
  flush(): ReplyPiece[] {
    const rest = this.#held.replace(/\n+$/, "");
    this.#held = "";
    return piece("thinking", rest);
  }

  /** Behind a tag, line feeds belong to it. */
  #withoutLineFeeds(text: string): string {
    if (this.#skipsLineFeeds) text = text.replace(/^\n+/, "");
    if (text !== "") this.#skipsLineFeeds = false;
    return text;
  }
}

function piece(kind: ReplyPiece["kind"], text: string): ReplyPiece[] {
  return text === "" ? [] : [{ kind, text }];
}

/** Length of the line feeds and the beginning of an end tag at the end of a text. */
function uncertainTail(text: string): number {
  for (let length = Math.min(END.length - 1, text.length); length > 0; length--) {
    if (END.startsWith(text.slice(-length))) return length + lineFeedsBefore(text, length);
  }
  return lineFeedsBefore(text, 0);
}

function lineFeedsBefore(text: string, tail: number): number {
  let count = 0;
  while (text[text.length - tail - count - 1] === "\n") count++;
  return count;
}
