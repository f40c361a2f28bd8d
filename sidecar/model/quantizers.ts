// Quantises on all cores: threads that are each given rows of a matrix, as a checkpoint has them.

import type { StoredType } from "../checkpoint/stored_types.ts";
import type { BlockFormat, LossyMatrix } from "./quantize.ts";

/** Whole rows to quantise. */
export interface QuantizeJob {
  readonly type: StoredType;
  /** The rows as they are stored. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly columns: number;
  readonly format: BlockFormat;
}

/** More gain nothing: the disk is slower than that. */
const MAX_THREADS = 8;

/** A thread's script stands beside this one: among the sources, and in the bundle. */
const SCRIPT = new URL(`quantize_thread${import.meta.url.slice(-3)}`, import.meta.url);

/** Threads that quantise. Each starts when there is a job and all others have one. */
export class Quantizers implements Disposable {
  /** Jobs that are worked on at the same time. */
  readonly count = Math.min(navigator.hardwareConcurrency, MAX_THREADS);
  readonly #threads: Thread[] = [];

  /**
   * Quantises rows; the job's bytes are given away.
   * @returns what {@link quantizeBlocks} returns for them; never settles when these threads are disposed of before
   */
  quantize(job: QuantizeJob): Promise<LossyMatrix> {
    return this.#leastBusy().run(job);
  }

  #leastBusy(): Thread {
    const best = this.#threads.reduce<Thread | undefined>(
      (a, b) => a === undefined || b.jobCount < a.jobCount ? b : a,
      undefined,
    );
    if (best?.jobCount === 0 || (best !== undefined && this.#threads.length === this.count)) return best;
    const fresh = new Thread();
    this.#threads.push(fresh);
    return fresh;
  }

  /** Ends the threads, whatever they are at. */
  [Symbol.dispose](): void {
    for (const thread of this.#threads) thread[Symbol.dispose]();
    this.#threads.length = 0;
  }
}

class Thread implements Disposable {
  readonly #worker = new Worker(SCRIPT, { type: "module" });
  /** Those who wait, in the order of their jobs. */
  readonly #waiting: PromiseWithResolvers<LossyMatrix>[] = [];

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<LossyMatrix>) => this.#waiting.shift()?.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(event.message));
    };
  }

  get jobCount(): number {
    return this.#waiting.length;
  }

  run(job: QuantizeJob): Promise<LossyMatrix> {
    const waiting = Promise.withResolvers<LossyMatrix>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(job, [job.bytes.buffer]);
    return waiting.promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
