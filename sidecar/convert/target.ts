// Whether there is a place for a converted model.

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../../protocol/errors.ts";

/** Room for what the disk itself needs, and for the small files. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** @throws Failure "storage-failed" when a model cannot be put there, or would overwrite something */
export async function requireFree(target: string): Promise<void> {
  const refuse = (reason: string) =>
    new Failure("storage-failed", `Cannot convert to "${target}": ${reason}.`, { subject: target });
  const parent = await Deno.stat(dirname(target)).catch(() => null);
  if (parent?.isDirectory !== true) throw refuse(`"${dirname(target)}" is no folder`);
  const info = await Deno.lstat(target).catch(() => null);
  if (info === null) return;
  if (!info.isDirectory) throw refuse("there is a file of that name");
  const entries = await Array.fromAsync(Deno.readDir(target));
  if (entries.length > 0) throw refuse("the folder is not empty. Choose a new one or empty it");
}

/** @throws Failure "storage-failed" when the disk has no room for so many bytes more */
export async function requireRoom(part: string, byteLength: number): Promise<void> {
  const { bavail, bsize } = await statfs(part);
  const needed = byteLength + SPARE_BYTES;
  const free = bavail * bsize;
  if (free >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Failure(
    "storage-failed",
    `The converted model needs ${gigabytes(needed)} in "${dirname(part)}", and only ${
      gigabytes(free)
    } are free there. ` +
      `Free some disk space or choose another folder.`,
    { subject: part },
  );
}
