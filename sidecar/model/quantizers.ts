// Quantises on all cores: threads that are each given rows of a matrix, as a checkpoint has them.

import { decodeValues, type StoredType } from "../checkpoint/stored_types.ts";
import { type BlockFormat, type LossyMatrix, quantizeBlocks } from "./quantize.ts";

/** Whole rows to quantise. */
export interface QuantizeJob {
  readonly type: StoredType;
  /** The rows as they are stored. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly columns: number;
  readonly format: BlockFormat;
}

/** Less than this is done sooner than a thread has started. */
const LEAST_BYTES = 512 * 1024;
/** More gain nothing: the disk is slower than that. */
const MAX_THREADS = 8;

/** A thread's script stands beside this one: among the sources, and in the bundle. */
const SCRIPT = new URL(`quantize_thread${import.meta.url.slice(-3)}`, import.meta.url);

/** Threads that quantise. Each starts when there is a job that is worth it, and all others have one. */
export class Quantizers implements Disposable {
  /** Jobs that are worked on at the same time. */
  readonly count = Math.min(navigator.hardwareConcurrency, MAX_THREADS);
  readonly #threads: Thread[] = [];

  /**
   * Quantises rows; the job's bytes are given away.
   * @returns what {@link quantizeBlocks} returns for them; never settles when these threads are disposed of before
   */
  quantize(job: QuantizeJob): Promise<LossyMatrix> {
    return job.bytes.length < LEAST_BYTES ? quantizeRows(job) : this.#leastBusy().run(job);
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

/** Does a job in this thread. */
export function quantizeRows({ type, bytes, columns, format }: QuantizeJob): Promise<LossyMatrix> {
  const values = decodeValues(type, bytes);
  return quantizeBlocks(values, values.length / columns, columns, format);
}

class Thread implements Disposable {
  readonly #worker = new Worker(SCRIPT, { type: "module" });
  /** Ends with the job before. */
  #turn: Promise<unknown> = Promise.resolve();
  #jobCount = 0;

  /** Jobs that are not done. */
  get jobCount(): number {
    return this.#jobCount;
  }

  /** Does a job after those before it: a thread that is given two at once would work on both in turns. */
  run(job: QuantizeJob): Promise<LossyMatrix> {
    this.#jobCount++;
    const done = this.#turn.then(() => this.#send(job)).finally(() => this.#jobCount--);
    this.#turn = done.catch(() => {}); // Told to whoever has given the job.
    return done;
  }

  #send(job: QuantizeJob): Promise<LossyMatrix> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<LossyMatrix>) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      this.#worker.postMessage(job, [job.bytes.buffer]);
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
