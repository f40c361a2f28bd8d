// Takes recordings in: each is stored once beside the pictures, named by the hash of its bytes and its format. The
// format is in the name because pages tell by it how to play a file.

import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { PictureRef } from "../protocol/conversation.ts";
import { Failure, videoFailure } from "../protocol/errors.ts";
import type { RecordingFormat } from "../protocol/recording_messages.ts";
import { displayName } from "./display_name.ts";

/** Largest file that is copied into the store. */
export const MAX_RECORDING_BYTES = 2 * 2 ** 30;

/** A recording in the store. */
export interface RecordingRef extends PictureRef {
  readonly format: RecordingFormat;
}

/** How taking a recording in is followed and stopped. */
export interface CopyWatch {
  readonly signal?: AbortSignal;
  /** Called with the part that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** The name of a recording's file in the store. */
export function recordingFileName({ sha256, format }: Pick<RecordingRef, "sha256" | "format">): string {
  return `${sha256}.${format}`;
}

/**
 * Takes a file in.
 * @param folder of the store
 * @throws Failure "video-…" or "storage-failed"; the signal's reason when it aborts
 */
export async function storeRecording(
  folder: string,
  path: string,
  format: RecordingFormat,
  watch: CopyWatch = {},
): Promise<RecordingRef> {
  const name = displayName(basename(path));
  const { size } = await stat(path).catch((cause: unknown) => {
    throw videoFailure("video-missing", name, `the file cannot be read (${codeOf(cause)})`, cause);
  });
  checkRecordingSize(size, name, MAX_RECORDING_BYTES);
  // A second name for the person's file would cost nothing, but whoever changes that file would change ours too. File
  // systems that can share the blocks of two files do.
  return await keep(
    folder,
    { name, format },
    watch,
    (draft) => copyFile(path, draft, constants.COPYFILE_FICLONE),
  );
}

/**
 * Takes bytes in.
 * @throws Failure "storage-failed" or "video-…"; the signal's reason when it aborts
 */
export async function storeRecordingBytes(
  folder: string,
  bytes: Uint8Array,
  named: Pick<RecordingRef, "name" | "format">,
  watch: CopyWatch = {},
): Promise<RecordingRef> {
  return await keep(folder, named, watch, (draft) => writeFile(draft, bytes, { mode: 0o600 }));
}

/** @throws Failure "video-unreadable" when a file is larger than `limitBytes` */
export function checkRecordingSize(byteLength: number, name: string, limitBytes: number): void {
  if (byteLength <= limitBytes) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
  throw videoFailure(
    "video-unreadable",
    name,
    `the file has ${megabytes(byteLength)}, and the limit is ${
      megabytes(limitBytes)
    }. Save a shorter part of it`,
  );
}

async function keep(
  folder: string,
  { name, format }: Pick<RecordingRef, "name" | "format">,
  watch: CopyWatch,
  write: (draft: string) => Promise<void>,
): Promise<RecordingRef> {
  const draft = join(folder, `${randomUUID()}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await write(draft);
    watch.signal?.throwIfAborted();
    const { sha256, byteLength } = await hash(draft, watch);
    const ref: RecordingRef = { sha256, name: displayName(name), byteLength, format };
    const target = join(folder, recordingFileName(ref));
    // One that is being played cannot be replaced everywhere.
    const known = await stat(target).catch(() => null);
    if (known?.size !== byteLength) await rename(draft, target);
    return ref;
  } catch (cause) {
    watch.signal?.throwIfAborted();
    throw new Failure(
      "storage-failed",
      `Cannot use video "${name}": it could not be copied to "${folder}" (${
        codeOf(cause)
      }). Make room there.`,
      { subject: name, cause },
    );
  } finally {
    // What kept it from being written is told; a draft that stays is deleted as unused later.
    await rm(draft, { force: true }).catch(() => {});
  }
}

async function hash(path: string, { signal, onProgress }: CopyWatch) {
  const { size } = await stat(path);
  const sum = createHash("sha256");
  let byteLength = 0;
  for await (const chunk of createReadStream(path, signal === undefined ? {} : { signal })) {
    sum.update(chunk as Buffer);
    byteLength += (chunk as Buffer).length;
    onProgress?.(size === 0 ? 1 : byteLength / size);
  }
  return { sha256: sum.digest("hex"), byteLength };
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}
