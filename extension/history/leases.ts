// Which window may write a conversation: a file beside it says so for as long as that window lives. A window that is
// killed leaves its file behind, and the next one takes over.

import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { kill, pid } from "node:process";

/** A window touches its files this often. */
const BEAT_MS = 20_000;

/** A file that was not touched for this long belongs to nobody any more. */
export const STALE_MS = 120_000;

/** Taking over takes milliseconds; what says for this long that a window is about it was left by a crash. */
const TURN_LIFE_MS = 10_000;

/** Who holds a conversation. */
interface Holder {
  readonly owner: string;
  readonly pid: number;
  readonly host: string;
}

/** The right to write one conversation. */
export interface Lease {
  /** Whether no other window has taken over, as it may while this one was asleep. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** The conversations that a window holds. */
export class Leases {
  readonly #folder: string;
  readonly #holder: Holder;
  readonly #paths = new Set<string>();
  #beating: NodeJS.Timeout | null = null;

  /** @param holder this process, unless a test says otherwise */
  constructor(folder: string, holder: Partial<Holder> = {}) {
    this.#folder = folder;
    this.#holder = { owner: randomUUID(), pid, host: hostname(), ...holder };
  }

  /** Takes a conversation. @returns null while another window holds it */
  async take(id: string): Promise<Lease | null> {
    await mkdir(this.#folder, { recursive: true });
    const path = this.#pathOf(id);
    const isTaken = await this.#write(path) || await this.#takeOver(path);
    if (!isTaken) return null;
    this.#paths.add(path);
    this.#beating ??= setInterval(() => void this.beat(), BEAT_MS).unref();
    return {
      isHeld: async () => (await readHolder(path))?.owner === this.#holder.owner,
      release: () => this.#release(path),
    };
  }

  /** Whether any window, this one too, holds a conversation. */
  async isHeld(id: string): Promise<boolean> {
    const path = this.#pathOf(id);
    const holder = await readHolder(path);
    return holder !== undefined && !await this.#isStale(path, holder);
  }

  /** Says that this window is alive. */
  async beat(now = new Date()): Promise<void> {
    for (const path of this.#paths) {
      // Whoever took over is found out before the next write.
      if ((await readHolder(path))?.owner === this.#holder.owner) {
        await utimes(path, now, now).catch(() => {});
      }
    }
  }

  async #release(path: string): Promise<void> {
    this.#paths.delete(path);
    if (this.#paths.size === 0 && this.#beating !== null) {
      clearInterval(this.#beating);
      this.#beating = null;
    }
    if ((await readHolder(path))?.owner === this.#holder.owner) await rm(path, { force: true });
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.lock`);
  }

  /** Makes the file, whole from the beginning, unless there is one. */
  async #write(path: string): Promise<boolean> {
    const draft = `${path}.${randomUUID()}.part`;
    await writeFile(draft, JSON.stringify(this.#holder), { mode: 0o600 });
    try {
      return await takeName(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Puts this window's file in the place of a dead one's. */
  async #takeOver(path: string): Promise<boolean> {
    const holder = await readHolder(path);
    if (holder !== undefined && !await this.#isStale(path, holder)) return false;
    // Of several windows that come to this, one may go on.
    const turn = `${path}.turn`;
    if (!await this.#write(turn)) {
      await removeOlder(turn, TURN_LIFE_MS);
      return false;
    }
    try {
      return await this.#removeStale(path) && await this.#write(path);
    } finally {
      await rm(turn, { force: true });
    }
  }

  /** Says whether no file is in the way any more. */
  async #removeStale(path: string): Promise<boolean> {
    const holder = await readHolder(path);
    if (holder === undefined) return true;
    if (!await this.#isStale(path, holder)) return false;
    await rm(path, { force: true });
    return true;
  }

  async #isStale(path: string, holder: Holder | null): Promise<boolean> {
    if (holder?.host === this.#holder.host && !isAlive(holder.pid)) return true;
    const beatMs = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
    return Date.now() - beatMs > STALE_MS;
  }
}

/** @returns undefined when there is no file, null when it says nothing that can be understood */
async function readHolder(path: string): Promise<Holder | null | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    const { owner, pid, host }: Readonly<Record<string, unknown>> = { ...(value as object) };
    const isHolder = typeof owner === "string" && Number.isSafeInteger(pid) && typeof host === "string";
    return isHolder ? { owner, pid: pid as number, host } : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : null;
  }
}

async function removeOlder(path: string, lifeMs: number): Promise<void> {
  const writtenMs = (await stat(path).catch(() => null))?.mtimeMs;
  if (writtenMs !== undefined && Date.now() - writtenMs > lifeMs) await rm(path, { force: true });
}

/** Gives a file a second name, unless something has that name. */
async function takeName(path: string, name: string): Promise<boolean> {
  try {
    await link(path, name);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    // Not every file system can give a file two names.
    return await writeFile(name, await readFile(path), { mode: 0o600, flag: "wx" })
      .then(() => true, () => false);
  }
}

function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
