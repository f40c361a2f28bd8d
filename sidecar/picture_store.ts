import { Failure } from "../protocol/errors.ts";
import type { PictureRef } from "../protocol/conversation.ts";

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
    const bytes = await Deno.readFile(`${this.#folder}/${sha256}`).catch((cause: unknown) => {
      throw missing(name, cause);
    });
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
}

function missing(name: string, cause?: unknown): Failure {
  return new Failure(
    "picture-missing",
    `Cannot use picture "${name}": its copy on this machine is gone. Add it again.`,
    {
      subject: name,
      cause,
    },
  );
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
