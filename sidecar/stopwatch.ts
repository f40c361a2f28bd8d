/** Adds up the time of named stages, in milliseconds. */
export class Stopwatch {
  readonly #start = performance.now();
  readonly #totals = new Map<string, number>();
  readonly #marks = new Map<string, number>();

  /** Runs a task and adds its duration to a stage. */
  async measure<T>(stage: string, task: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await task();
    } finally {
      this.#totals.set(stage, this.total(stage) + performance.now() - start);
    }
  }

  /** Time of a stage so far. */
  total(stage: string): number {
    return this.#totals.get(stage) ?? 0;
  }

  /** Remembers when something happened. */
  mark(event: string): void {
    this.#marks.set(event, this.elapsed);
  }

  /** When something happened, counted from when the stopwatch was made; 0 when it has not. */
  markedAt(event: string): number {
    return this.#marks.get(event) ?? 0;
  }

  /** Time since the stopwatch was made. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }
}
