// Tells the model's reasoning from its answer while both stream.
// @see minicpmv45-spec.md section 5.8

const END = "</think>";

/** A piece of the reply. */
export interface ReplyPiece {
  readonly kind: "thinking" | "answer";
  readonly text: string;
}

/**
 * Splits streamed text at the first `</think>`, wherever the pieces break. Everything before it is thinking;
 * after it, line feeds are dropped until the answer begins.
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

  /** Takes the next piece of text and returns what is now certain. */
  push(text: string): ReplyPiece[] {
    if (!this.#isThinking) return this.#answer(text);
    this.#held += text;
    const end = this.#held.indexOf(END);
    if (end >= 0) {
      const thought = this.#held.slice(0, end).replace(/\n+$/, "");
      const rest = this.#held.slice(end + END.length);
      this.#isThinking = false;
      this.#skipsLineFeeds = true;
      this.#held = "";
      return [...piece("thinking", thought), ...this.#answer(rest)];
    }
    const certain = this.#held.length - uncertainTail(this.#held);
    const thought = this.#held.slice(0, certain);
    this.#held = this.#held.slice(certain);
    return piece("thinking", thought);
  }

  /** What was held back, when the reply has ended. */
  flush(): ReplyPiece[] {
    const rest = this.#held.replace(/\n+$/, "");
    this.#held = "";
    return piece("thinking", rest);
  }

  #answer(text: string): ReplyPiece[] {
    if (this.#skipsLineFeeds) text = text.replace(/^\n+/, "");
    if (text !== "") this.#skipsLineFeeds = false;
    return piece("answer", text);
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
