/** Ends a streamed text before the first of some strings, wherever the pieces break. */
export class StopStrings {
  readonly #strings: readonly string[];
  /** Text that may be the beginning of one of the strings. */
  #held = "";
  #hasStopped = false;

  /** @param strings empty ones are ignored */
  constructor(strings: readonly string[]) {
    this.#strings = strings.filter((string) => string !== "");
  }

  /** Whether one of the strings has come; nothing comes after it. */
  get hasStopped(): boolean {
    return this.#hasStopped;
  }

  /** Takes the next piece and returns what certainly stands before any of the strings. */
  push(text: string): string {
    if (this.#hasStopped) return "";
    const all = this.#held + text;
    const found = this.#strings.map((string) => all.indexOf(string)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#hasStopped = true;
      this.#held = "";
      return all.slice(0, Math.min(...found));
    }
    const certain = all.length - this.#uncertainTail(all);
    this.#held = all.slice(certain);
    return all.slice(0, certain);
  }

  /** What was held back, when the text has ended. */
  flush(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }

  /** Length of the longest end of the text that begins one of the strings. */
  #uncertainTail(text: string): number {
    const longest = Math.max(0, ...this.#strings.map(({ length }) => length - 1));
    for (let length = Math.min(longest, text.length); length > 0; length--) {
      const end = text.slice(-length);
      if (this.#strings.some((string) => string.startsWith(end))) return length;
    }
    return 0;
  }
}
