// Takes videos in: each is copied once, into a file named by the hash of its bytes, where the sidecar may read it.
// Videos can be gigabytes: they are copied and hashed as a stream.

import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { VideoRef } from "../protocol/conversation.ts";
import { Failure, type FailureKind } from "../protocol/errors.ts";
import { displayName } from "./display_name.ts";

/** Bytes that are copied at a time. */
const CHUNK_BYTES = 2 ** 20;

/** The videos in a storage folder. */
export class VideoStore {
  readonly #folder: string;

  constructor(storageFolder: string) {
    this.#folder = join(storageFolder, "videos");
  }

  /** Where a video's bytes are. */
  pathOf({ sha256 }: Pick<VideoRef, "sha256">): string {
    return join(this.#folder, sha256);
  }

  /**
   * Takes a file in.
   * @throws Failure "video-missing", "video-unreadable" or "storage-failed"; the signal's reason when it aborts
   */
  async addFile(path: string, signal?: AbortSignal): Promise<VideoRef> {
    const name = displayName(basename(path));
    const status = await stat(path).catch((cause: unknown) => {
      throw refuseToRead(name, cause);
    });
    // Opening a pipe would wait for a writer.
    if (!status.isFile()) throw refuse("video-unreadable", name, "it is a folder, a device or a pipe");
    const draft = join(this.#folder, `${randomUUID()}.part`);
    try {
      await mkdir(this.#folder, { recursive: true });
      const sha256 = await copyAndHash(path, draft, signal);
      await rename(draft, this.pathOf({ sha256 }));
      return { sha256, name, byteLength: status.size };
    } catch (cause) {
      signal?.throwIfAborted();
      const { path: failed } = cause as NodeJS.ErrnoException;
      if (failed === path) throw refuseToRead(name, cause);
      throw refuse(
        "storage-failed",
        name,
        `it could not be copied to "${this.#folder}" (${codeOf(cause)})`,
        cause,
      );
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Forgets a video. */
  async remove(ref: Pick<VideoRef, "sha256">): Promise<void> {
    await rm(this.pathOf(ref), { force: true });
  }
}

async function copyAndHash(from: string, to: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  const tee = new Transform({
    transform(chunk: Uint8Array, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(
    createReadStream(from, { highWaterMark: CHUNK_BYTES }),
    tee,
    createWriteStream(to, { mode: 0o600 }),
    ...(signal === undefined ? [] : [{ signal }]),
  );
  return hash.digest("hex");
}

function refuseToRead(name: string, cause: unknown): Failure {
  const code = codeOf(cause);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return refuse("video-missing", name, "there is no such file", cause);
  }
  if (code === "EACCES" || code === "EPERM") {
    return refuse("video-unreadable", name, "you have no permission to read the file", cause);
  }
  return refuse("video-unreadable", name, `the file cannot be read (${code})`, cause);
}

function refuse(kind: FailureKind, name: string, reason: string, cause?: unknown): Failure {
  return new Failure(kind, `Cannot use video "${name}": ${reason}.`, { subject: name, cause });
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}
