// Which stored pictures stay: those that kept conversations use, as far as there is room. Files of conversations are
// searched for hashes as text, so that one that cannot be understood keeps its pictures too.

import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { KEPT_MS } from "../picture_use.ts";
import type { Library } from "./library.ts";

const HASH = /[0-9a-f]{64}/g;

/** What keeping pictures needs. */
export interface StoredPictureParts {
  readonly library: Library;
  /** Where the pictures are. */
  readonly folder: string;
  /** Where copies are that were opened in an editor. */
  readonly openedFolder: string;
  /** Whether any window has a conversation open. */
  readonly isOpen: (conversationId: string) => Promise<boolean>;
}

/** A file of a picture in the store. */
interface StoredFile {
  readonly name: string;
  readonly sha256: string;
  readonly byteLength: number;
  readonly usedMs: number;
}

/** Who uses a picture. */
interface Use {
  changedMs: number;
  isOpen: boolean;
}

/** The hashes that a conversation's file names, in whatever form it is. */
export function hashesIn(text: string): ReadonlySet<string> {
  return new Set(text.match(HASH) ?? []);
}

/** The pictures in the store. */
export class StoredPictures {
  readonly #parts: StoredPictureParts;

  constructor(parts: StoredPictureParts) {
    this.#parts = parts;
  }

  /** The hashes that a conversation's file names. */
  async namedBy(id: string): Promise<ReadonlySet<string>> {
    return hashesIn((await readIfThere(this.#parts.library.pathOf(id)))?.text ?? "");
  }

  /** Whether a conversation beside one names a hash. */
  async isUsedBeside(conversationId: string, sha256: string): Promise<boolean> {
    for (const id of await this.#parts.library.ids()) {
      if (id !== conversationId && (await this.namedBy(id)).has(sha256)) return true;
    }
    return false;
  }

  /** Deletes those of some pictures that no conversation uses. @returns how many */
  async removeUnused(hashes: ReadonlySet<string>): Promise<number> {
    if (hashes.size === 0) return 0;
    const uses = await this.#uses();
    const files = (await this.#files()).filter(({ sha256 }) => hashes.has(sha256) && !uses.has(sha256));
    return await this.#remove(files);
  }

  /**
   * Deletes what nobody used for {@link KEPT_MS}, then pictures of the oldest conversations that are not open, until
   * all take no more than `maxBytes`.
   * @returns how many pictures went
   */
  async makeRoom(maxBytes: number, nowMs = Date.now()): Promise<number> {
    const uses = await this.#uses();
    const files = await this.#files();
    const isForgotten = ({ sha256, usedMs }: StoredFile) => !uses.has(sha256) && nowMs - usedMs > KEPT_MS;
    const forgotten = files.filter(isForgotten);
    const rest = files.filter((file) => !isForgotten(file));
    let byteLength = rest.reduce((sum, file) => sum + file.byteLength, 0);
    const oldestFirst = rest.filter(({ sha256 }) => uses.get(sha256)?.isOpen !== true)
      .sort((a, b) => ageOf(a) - ageOf(b));
    const tooMuch = new Set<string>();
    for (const file of oldestFirst) {
      if (byteLength <= maxBytes) break;
      byteLength -= file.byteLength;
      tooMuch.add(file.sha256);
    }
    return await this.#remove([...forgotten, ...rest.filter(({ sha256 }) => tooMuch.has(sha256))]);

    function ageOf({ sha256, usedMs }: StoredFile): number {
      return uses.get(sha256)?.changedMs ?? usedMs;
    }
  }

  /** @throws when a file cannot be read: its pictures are not known then, and none may go */
  async #uses(): Promise<ReadonlyMap<string, Use>> {
    const { library, isOpen } = this.#parts;
    const uses = new Map<string, Use>();
    for (const id of await library.ids()) {
      const file = await readIfThere(library.pathOf(id));
      if (file === undefined) continue;
      const isOpenNow = await isOpen(id);
      for (const sha256 of hashesIn(file.text)) {
        const use = uses.get(sha256) ?? { changedMs: 0, isOpen: false };
        use.changedMs = Math.max(use.changedMs, file.changedMs);
        use.isOpen ||= isOpenNow;
        uses.set(sha256, use);
      }
    }
    return uses;
  }

  async #files(): Promise<readonly StoredFile[]> {
    const { folder } = this.#parts;
    const files = [];
    for (const name of await namesIn(folder)) {
      const sha256 = /^[0-9a-f]{64}(?=$|\.)/.exec(name)?.[0];
      // Another window may delete the same file.
      const status = await stat(join(folder, name)).catch(() => null);
      if (sha256 === undefined || status?.isFile() !== true) continue;
      files.push({ name, sha256, byteLength: status.size, usedMs: status.mtimeMs });
    }
    return files;
  }

  async #remove(files: readonly StoredFile[]): Promise<number> {
    const { folder, openedFolder } = this.#parts;
    for (const { name } of files) await rm(join(folder, name), { force: true });
    const hashes = new Set(files.map(({ sha256 }) => sha256));
    // Copies have the beginning of the hash at the end of their names.
    const beginnings = new Set([...hashes].map((sha256) => sha256.slice(0, 8)));
    for (const name of await namesIn(openedFolder)) {
      const beginning = /([0-9a-f]{8})(?:\.\w+)?$/.exec(name)?.[1];
      if (beginning !== undefined && beginnings.has(beginning)) {
        await rm(join(openedFolder, name), { force: true });
      }
    }
    return hashes.size;
  }
}

async function readIfThere(path: string): Promise<{ text: string; changedMs: number } | undefined> {
  try {
    return { text: await readFile(path, "latin1"), changedMs: (await stat(path)).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // Deleted meanwhile.
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return []; // Nothing was ever stored.
    throw error;
  });
}
