// Whether a file is a video, and of which format, by its content: names and extensions are not trusted.

import { open } from "node:fs/promises";
import type { RecordingFormat } from "../protocol/recording_messages.ts";

/** Enough for every signature below; the loop of an animated GIF stands behind a palette of at most 768 bytes. */
const HEAD_BYTES = 1024;

/** Kinds of `ftyp` files that hold still pictures. */
const PICTURE_BRANDS = ["avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];
/** Boxes that a QuickTime file without `ftyp` may begin with. */
const QUICKTIME_BOXES = ["moov", "mdat", "wide", "free", "skip"];

/** Where the kind of a Matroska file is named. */
const MATROSKA_KIND_BYTES = 64;

/** Whether a file holds a video or an animation. False for what cannot be read: opening it says why. */
export async function isVideo(path: string): Promise<boolean> {
  return await videoFormat(path) !== null;
}

/** The format of a video or an animation; null for any other file, and for what cannot be read. */
export async function videoFormat(path: string): Promise<RecordingFormat | null> {
  try {
    await using file = await open(path, "r");
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return formatOfHead(buffer.subarray(0, bytesRead));
  } catch {
    return null;
  }
}

/** Whether a file that begins with these bytes, up to 1024 of them, holds a video or an animation. */
export function isVideoHead(head: Uint8Array): boolean {
  return formatOfHead(head) !== null;
}

/** The format of a video or an animation that begins with these bytes, up to 1024 of them; null for any other file. */
export function formatOfHead(head: Uint8Array): RecordingFormat | null {
  const text = Buffer.from(head.subarray(0, HEAD_BYTES)).toString("latin1");
  if (text.startsWith("\x1aE\xdf\xa3")) {
    return text.slice(0, MATROSKA_KIND_BYTES).includes("webm") ? "webm" : "mkv";
  }
  if (text.startsWith("ftypqt", 4)) return "mov";
  if (text.startsWith("ftyp", 4)) return PICTURE_BRANDS.includes(text.slice(8, 12)) ? null : "mp4";
  if (QUICKTIME_BOXES.some((box) => text.startsWith(box, 4))) return "mov";
  if (text.startsWith("GIF8")) {
    return text.includes("NETSCAPE2.0") || text.includes("ANIMEXTS1.0") ? "gif" : null;
  }
  const isWebp = text.startsWith("RIFF") && text.startsWith("WEBPVP8X", 8);
  return isWebp && ((head[20] ?? 0) & WEBP_ANIMATION) !== 0 ? "webp" : null;
}

/** Whether a format is one of pictures too, of which the first is shown where only one can be. */
export function isAnimation(format: RecordingFormat): boolean {
  return format === "gif" || format === "webp";
}

/** The animation flag of WebP's extended header. */
const WEBP_ANIMATION = 0x02;
