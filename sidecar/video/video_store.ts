import { createHash } from "node:crypto";
import type { VideoRef } from "../../protocol/conversation.ts";
import { missing } from "./video_failure.ts";

/** Bytes that are read at a time. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** Videos in the storage folder, each in a file named by the hash of its bytes. The host writes them. */
export class VideoStore {
  readonly #folder: string;
  /** What the files were like when their hashes were last found right; hashing gigabytes takes seconds. */
  readonly #checked = new Map<string, string>();

  constructor(storageFolder: string) {
    this.#folder = `${storageFolder}/videos`;
  }

  /**
   * The path of a video whose bytes are those the host meant.
   * @throws Failure "video-missing"; the signal's reason when it aborts
   */
  async pathOf({ sha256, name }: VideoRef, signal?: AbortSignal): Promise<string> {
    // The name becomes part of a path; nothing but a hash may.
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw missing(name);
    const path = `${this.#folder}/${sha256}`;
    const status = await Deno.stat(path).catch((cause: unknown) => {
      throw missing(name, cause);
    });
    const state = `${status.size} ${status.mtime?.getTime() ?? ""}`;
    if (this.#checked.get(sha256) === state) return path;
    if (await hashOf(path, signal) !== sha256) throw missing(name);
    this.#checked.set(sha256, state);
    return path;
  }
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let count = await file.read(chunk); count !== null; count = await file.read(chunk)) {
    signal?.throwIfAborted();
    hash.update(chunk.subarray(0, count));
  }
  return hash.digest("hex");
}
