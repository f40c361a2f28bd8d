import { waitFor } from "./breathe.ts";

/** Lets one task run at a time, in the order in which they came. */
export class Exclusive {
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  /** Whether a task runs or waits. */
  get isBusy(): boolean {
    return this.#count > 0;
  }

  /**
   * Waits for the tasks before this one, then runs it.
   * @throws what the task throws; the signal's reason when it aborts while waiting
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    this.#count++;
    try {
      await waitFor(before, signal);
      return await task();
    } finally {
      this.#count--;
      // A task that gave up waiting must not let its successor overtake those before it.
      void before.then(() => resolve());
    }
  }
}
