// Notices when a model repeats itself without end.

/** Longest repeated phrase that is looked for. */
const MAX_PERIOD = 64;
/** Times a phrase must follow itself. A table or list may well repeat a row three times. */
const MIN_REPEATS = 5;
/** Tokens the repetition must fill; short phrases such as table rules repeat often in good answers. */
const MIN_LENGTH = 60;

/** Watches a stream of token ids for a phrase that is repeated over and over at its end. */
export class LoopGuard {
  readonly #ids: number[] = [];
  /** For each period, how many of the last tokens equal the one a period earlier. */
  readonly #matches = new Int32Array(MAX_PERIOD + 1);

  /** Takes the next token id; true when the text has become a loop. */
  push(id: number): boolean {
    const at = this.#ids.push(id) - 1;
    let isLoop = false;
    for (let period = 1; period <= MAX_PERIOD; period++) {
      const count = at >= period && this.#ids[at - period] === id ? (this.#matches[period] as number) + 1 : 0;
      this.#matches[period] = count;
      const length = count + period;
      if (length >= MIN_LENGTH && length >= MIN_REPEATS * period) isLoop = true;
    }
    return isLoop;
  }
}
