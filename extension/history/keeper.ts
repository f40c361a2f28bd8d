// Keeps one conversation on disk while it is open. Its file is written by one at a time, and the newest state last.

import type { Lease } from "./leases.ts";

/** Typing is written down at most this often, and an answer that comes in. */
const KEEP_AFTER_MS = 1_000;

/** What keeping needs from outside. */
export interface KeeperParts {
  /** The right to write it; null when no other window can hold it. */
  readonly take: () => Promise<Lease | null>;
  /** Whether there is anything to keep that was not kept before. */
  readonly isWanted: () => boolean;
  /** Writes the state of the moment, or removes the file when there is nothing to keep. */
  readonly write: () => Promise<void>;
  /** Another window writes the conversation now; it has to go on under another name. */
  readonly onLost: () => void;
  readonly onError: (error: unknown) => void;
}

/** Keeps a conversation. */
export class Keeper {
  readonly #parts: KeeperParts;
  #lease: Lease | null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** Whether a write has been called for that has not begun. */
  #isWaiting = false;
  #isClosed = false;

  /** @param lease the right to write it, for one that was in a file before */
  constructor(parts: KeeperParts, lease: Lease | null) {
    this.#parts = parts;
    this.#lease = lease;
  }

  /** Notes a change, to be written soon, or at once. */
  changed(isUrgent: boolean): void {
    if (this.#isClosed) return;
    if (isUrgent) return void this.flush();
    this.#timer ??= setTimeout(() => void this.flush(), KEEP_AFTER_MS);
  }

  /** Writes what there is. Settles when it is written; what goes wrong is told to `onError`. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isClosed) return await this.#writing;
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#writing = this.#writing.then(() => this.#write()).catch(this.#parts.onError);
    }
    await this.#writing;
  }

  /** Writes for the last time and gives the conversation free. */
  async close(): Promise<void> {
    await this.flush();
    await this.discard();
  }

  /** Gives the conversation free without writing it. */
  async discard(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    await this.#lease?.release();
    this.#lease = null;
  }

  async #write(): Promise<void> {
    this.#isWaiting = false;
    const isLost = this.#lease !== null && !await this.#lease.isHeld();
    if (isLost) {
      await this.#lease?.release();
      this.#lease = null;
      this.#parts.onLost();
    }
    if (this.#lease === null && !this.#parts.isWanted()) return;
    this.#lease ??= await this.#parts.take();
    await this.#parts.write();
  }
}
