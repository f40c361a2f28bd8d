import { Failure } from "../protocol/errors.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import { sha256 as hashOf } from "./hash.ts";

/** Pictures in the storage folder, each in a file named by the hash of its bytes. The host writes them. */
export class PictureStore {
  readonly #folder: string;

  constructor(storageFolder: string) {
    this.#folder = `${storageFolder}/pictures`;
  }

  /**
   * Reads a picture's bytes and makes sure that they are the ones the host meant.
   * @throws Failure "picture-missing" or "picture-damaged"
   */
  async read({ sha256, name }: PictureRef): Promise<Uint8Array<ArrayBuffer>> {
    // The name becomes part of a path; nothing but a hash may.
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw missing(name);
    const bytes = await this.#find(sha256, readFile);
    if (bytes === null) throw missing(name);
    if (await hashOf(bytes) !== sha256) {
      throw new Failure(
        "picture-damaged",
        `Cannot use picture "${name}": its copy on this machine has changed. Add it again.`,
        {
          subject: name,
        },
      );
    }
    return bytes;
  }

  /** Whether a picture is there. */
  async has(sha256: string): Promise<boolean> {
    return await this.#find(sha256, (path) => Deno.stat(path).catch(() => null)) !== null;
  }

  /** What a look at a picture gives, where all hosts keep theirs or in a folder that one host keeps for itself. */
  async #find<T>(sha256: string, look: (path: string) => Promise<T | null>): Promise<T | null> {
    const shared = await look(`${this.#folder}/${sha256}`);
    if (shared !== null) return shared;
    try {
      for await (const { name, isDirectory } of Deno.readDir(this.#folder)) {
        const found = isDirectory ? await look(`${this.#folder}/${name}/${sha256}`) : null;
        if (found !== null) return found;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return null;
  }
}

/** A file's bytes; null when it cannot be read, for whatever reason: then it is as good as gone. */
async function readFile(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  return await Deno.readFile(path).catch(() => null);
}

function missing(name: string): Failure {
  return new Failure(
    "picture-missing",
    `Cannot use picture "${name}": its copy on this machine is gone. Add it again.`,
    {
      subject: name,
    },
  );
}
