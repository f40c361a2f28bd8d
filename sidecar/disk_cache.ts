// Keeps what took long to compute from pictures, so that a conversation reopens at once. What is here may vanish or
// be damaged at any time: then it is computed again. Several processes share the folder.

import { sha256 } from "./hash.ts";

/** Characters of a hash, and bytes of one in front of a value. */
const HASH_LENGTH = 64;
const DRAFT_SUFFIX = ".part";

/** Values on disk, each belonging to a picture. */
export class DiskCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  /** @param maxBytes of all values together; 0 keeps nothing */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** A value; undefined when it is not there or damaged. It counts as used now. */
  async get(owner: string, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#maxBytes === 0) return undefined;
    const path = await this.#pathOf(owner, key);
    try {
      const file = await Deno.readFile(path);
      const value = file.slice(HASH_LENGTH);
      if (new TextDecoder().decode(file.subarray(0, HASH_LENGTH)) !== await sha256(value)) return undefined;
      await Deno.utime(path, new Date(), new Date());
      return value;
    } catch {
      return undefined;
    }
  }

  /**
   * Keeps a value, and removes those used longest ago where there is no room.
   * @param owner hash of the picture that the value comes from
   */
  async set(owner: string, key: string, value: Uint8Array<ArrayBuffer>): Promise<void> {
    if (value.byteLength > this.#maxBytes) return;
    const path = await this.#pathOf(owner, key);
    const draft = `${path}.${crypto.randomUUID()}${DRAFT_SUFFIX}`;
    const file = new Uint8Array(HASH_LENGTH + value.byteLength);
    file.set(new TextEncoder().encode(await sha256(value)));
    file.set(value, HASH_LENGTH);
    try {
      await Deno.mkdir(this.#folder, { recursive: true });
      // What people's pictures say is nobody else's business.
      await Deno.writeFile(draft, file, { mode: 0o600 });
      await Deno.rename(draft, path);
      await this.#makeRoom();
    } catch {
      // A full disk must not cost the answer; without the value it is computed again.
      await Deno.remove(draft).catch(() => {});
    }
  }

  /** Removes the values of pictures that are gone. */
  async removeOrphans(isAlive: (owner: string) => Promise<boolean>): Promise<void> {
    for (const { name } of await this.#list()) {
      if (!await isAlive(name.slice(0, HASH_LENGTH))) await this.#remove(name);
    }
  }

  async #makeRoom(): Promise<void> {
    const files = (await this.#list()).sort((a, b) => b.usedAt - a.usedAt);
    let bytes = 0;
    for (const { name, size } of files) {
      bytes += size;
      if (bytes > this.#maxBytes) await this.#remove(name);
    }
  }

  async #list(): Promise<{ name: string; size: number; usedAt: number }[]> {
    const files = [];
    try {
      for await (const { name } of Deno.readDir(this.#folder)) {
        const info = await Deno.stat(`${this.#folder}/${name}`).catch(() => null);
        if (info?.isFile) files.push({ name, size: info.size, usedAt: info.mtime?.getTime() ?? 0 });
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return files;
  }

  /** Another process may have removed it, or on Windows hold it open: then it goes the next time. */
  async #remove(name: string): Promise<void> {
    await Deno.remove(`${this.#folder}/${name}`).catch(() => {});
  }

  async #pathOf(owner: string, key: string): Promise<string> {
    // The owner becomes part of a path; nothing but a hash may.
    if (!/^[0-9a-f]{64}$/.test(owner)) throw new RangeError("a value belongs to a picture's hash");
    return `${this.#folder}/${owner}-${(await sha256(key)).slice(0, 16)}`;
  }
}
