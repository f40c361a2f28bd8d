// How long pictures are kept that no chat uses: a file's modification time is when it was last used, and old ones go.
// Those of kept chats are history/stored_pictures.ts's matter.

import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { PictureRef } from "../protocol/conversation.ts";

/** Screenshots that no chat has and nobody has used for this long are deleted. */
export const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** Notes that pictures are in use. @returns the hashes of those that are no longer there */
export async function usePictures<T extends PictureRef>(
  pathOf: (picture: T) => string,
  pictures: readonly T[],
): Promise<ReadonlySet<string>> {
  const now = new Date();
  const missing = new Set<string>();
  await Promise.all(pictures.map(async (picture) => {
    await utimes(pathOf(picture), now, now).catch((error: NodeJS.ErrnoException) => {
      // What is there but may not be touched can still be read.
      if (error.code === "ENOENT") missing.add(picture.sha256);
    });
  }));
  return missing;
}

/** Deletes the pictures of a folder that were not used for {@link KEPT_MS}. @returns how many */
export async function deleteUnused(folder: string, nowMs = Date.now()): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return []; // Nothing was ever stored.
    throw error;
  });
  let count = 0;
  for (const name of names) {
    const path = join(folder, name);
    // Another window may delete the same file.
    const usedMs = (await stat(path).catch(() => null))?.mtimeMs ?? nowMs;
    if (nowMs - usedMs <= KEPT_MS) continue;
    await rm(path, { force: true });
    count++;
  }
  return count;
}
