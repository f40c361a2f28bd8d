// Takes pictures in: each is stored once, in a file named by the hash of its bytes, where the sidecar may read it.
// File names of people never become paths, and the sidecar needs no permission for their folders.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { PictureRef } from "../protocol/conversation.ts";
import { Failure, type FailureKind } from "../protocol/errors.ts";
import { displayName } from "./display_name.ts";

/** Largest file that is taken in; a 100-megapixel PNG of noise has 300 MB, of a screen 10 to 50. */
export const MAX_PICTURE_BYTES = 256 * 2 ** 20;

/** A folder of pictures that is older than this was left behind by a process that was killed. */
const PRIVATE_LIFE_MS = 24 * 60 * 60 * 1000;

/** The pictures in a storage folder. */
export class PictureStore {
  /** Where the pictures are; made when the first one comes. */
  readonly folder: string;

  constructor(storageFolder: string, part = "") {
    this.folder = join(storageFolder, "pictures", part);
  }

  /**
   * A store of this process alone, in a folder of its own beside the shared pictures: whoever uses the same picture at
   * the same time has another copy. Removed with all that is in it by {@link removeAll}.
   */
  static async openPrivate(storageFolder: string): Promise<PictureStore> {
    await removeLeftBehind(join(storageFolder, "pictures"));
    return new PictureStore(storageFolder, randomUUID());
  }

  /** Where a picture's bytes are. */
  pathOf({ sha256 }: Pick<PictureRef, "sha256">): string {
    return join(this.folder, sha256);
  }

  /**
   * Takes a file in.
   * @throws Failure "picture-…" naming the file and the reason
   */
  async addFile(path: string): Promise<PictureRef> {
    const name = displayName(basename(path));
    return this.addBytes(await readPicture(path, name), name);
  }

  /**
   * Takes bytes in.
   * @throws Failure "picture-empty", "picture-too-large" or "storage-failed"
   */
  async addBytes(bytes: Uint8Array, name: string): Promise<PictureRef> {
    checkSize(bytes.byteLength, name);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const ref: PictureRef = { sha256, name: displayName(name), byteLength: bytes.byteLength };
    try {
      await this.#write(ref, bytes);
    } catch (cause) {
      throw refuse(
        "storage-failed",
        ref.name,
        `it could not be copied to "${this.folder}" (${reasonOf(cause)})`,
        cause,
      );
    }
    return ref;
  }

  /** Forgets a picture. */
  async remove(ref: Pick<PictureRef, "sha256">): Promise<void> {
    await rm(this.pathOf(ref), { force: true });
  }

  /** Forgets every picture. */
  async removeAll(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTDIR") throw error; // Where there is no folder, there are no pictures.
    });
  }

  async #write(ref: PictureRef, bytes: Uint8Array): Promise<void> {
    const target = this.pathOf(ref);
    // A copy that was damaged is replaced.
    const known = await readFile(target).catch(() => null);
    if (known?.equals(bytes)) return;
    await mkdir(this.folder, { recursive: true });
    const draft = `${target}.${randomUUID()}.part`;
    try {
      await writeFile(draft, bytes, { mode: 0o600 });
      await rename(draft, target);
    } finally {
      await rm(draft, { force: true });
    }
  }
}

async function removeLeftBehind(pictures: string): Promise<void> {
  const entries = await readdir(pictures, { withFileTypes: true }).catch(() => []); // Not there yet.
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const folder = join(pictures, entry.name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > PRIVATE_LIFE_MS) await rm(folder, { recursive: true, force: true });
  }
}

async function readPicture(path: string, name: string): Promise<Uint8Array> {
  let file;
  try {
    const status = await stat(path);
    // Opening a pipe would wait for a writer.
    if (!status.isFile()) throw refuse(...refusalOf(status.isDirectory(), name));
    checkSize(status.size, name);
    file = await open(path, "r");
    return await file.readFile();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw refuse("picture-missing", name, "there is no such file", cause);
    }
    if (code === "EACCES" || code === "EPERM") {
      throw refuse("picture-unreadable", name, "you have no permission to read the file", cause);
    }
    throw refuse("picture-unreadable", name, `the file cannot be read (${reasonOf(cause)})`, cause);
  } finally {
    await file?.close();
  }
}

function refusalOf(isFolder: boolean, name: string): [FailureKind, string, string] {
  return isFolder
    ? ["picture-is-folder", name, "it is a folder; choose the picture files in it"]
    : ["picture-unreadable", name, "it is a device or a pipe, not a file"];
}

function checkSize(byteLength: number, name: string): void {
  if (byteLength === 0) throw refuse("picture-empty", name, "the file is empty");
  if (byteLength > MAX_PICTURE_BYTES) {
    const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
    throw refuse(
      "picture-too-large",
      name,
      `the file has ${megabytes(byteLength)}, and the limit is ${
        megabytes(MAX_PICTURE_BYTES)
      }. Save it smaller`,
    );
  }
}

function refuse(kind: FailureKind, name: string, reason: string, cause?: unknown): Failure {
  return new Failure(kind, `Cannot use picture "${name}": ${reason}.`, { subject: name, cause });
}

function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}
