// Copies of stored pictures under names that programs and people understand: the store names files by their hash.

import { copyFile, link, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { recordingFileName, type RecordingRef } from "../host/recording_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";

const VECTOR_ENDING = ".svg";
const MAX_STEM_CHARACTERS = 60;

/** The stored file that a browser shows. It takes vector pictures by their ending only, and recordings have one. */
export function shownFileName(stored: PictureRef | RecordingRef): string {
  if ("format" in stored) return recordingFileName(stored);
  const { name, sha256 } = stored;
  return isVector(name) ? sha256 + VECTOR_ENDING : sha256;
}

/** Makes the file of {@link shownFileName}. @param path of the picture in the store */
export async function makeShown(path: string, { name }: PictureRef): Promise<void> {
  if (!isVector(name)) return;
  const shown = path + VECTOR_ENDING;
  await link(path, shown).catch(async (error: NodeJS.ErrnoException) => {
    // Not every file system can give a file two names.
    if (error.code !== "EEXIST") await copyFile(path, shown);
  });
}

/**
 * Copies a picture for other programs, which may change the copy.
 * @param format the picture's format as the sidecar named it, when it has
 * @returns the copy's path
 */
export async function copyForOpening(
  path: string,
  folder: string,
  picture: PictureRef,
  format: string | undefined,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const copy = join(folder, openedFileName(picture, format));
  await copyFile(path, copy);
  return copy;
}

/** A file name of harmless characters that a person recognises: "Pasted picture 13cea42d.png". */
export function openedFileName({ name, sha256 }: PictureRef, format: string | undefined): string {
  const [, stem = "", ending = ""] = /^(.*?)(\.[a-z]{3,4})?$/is.exec(name) ?? [];
  const harmless = stem.replaceAll(/[^\p{L}\p{N}_-]+/gu, " ").trim().slice(0, MAX_STEM_CHARACTERS);
  const known = ending !== "" ? ending.toLowerCase() : format === undefined ? "" : `.${format}`;
  return `${harmless} ${sha256.slice(0, 8)}${known}`.trim();
}

function isVector(name: string): boolean {
  return name.toLowerCase().endsWith(VECTOR_ENDING);
}
