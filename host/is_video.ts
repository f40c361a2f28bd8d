// Whether a file is a video, by its content: names and extensions are not trusted.

import { open } from "node:fs/promises";

/** Enough for every signature below; the loop of an animated GIF stands behind a palette of at most 768 bytes. */
const HEAD_BYTES = 1024;

/** Kinds of `ftyp` files that hold still pictures. */
const PICTURE_BRANDS = ["avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];
/** Boxes that a QuickTime file without `ftyp` may begin with. */
const QUICKTIME_BOXES = ["moov", "mdat", "wide", "free", "skip"];

/** Whether a file holds a video or an animation. False for what cannot be read: opening it says why. */
export async function isVideo(path: string): Promise<boolean> {
  try {
    await using file = await open(path, "r");
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return isVideoHead(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  }
}

/** Whether a file that begins with these bytes, up to 1024 of them, holds a video or an animation. */
export function isVideoHead(head: Uint8Array): boolean {
  const text = Buffer.from(head).toString("latin1");
  if (text.startsWith("\x1aE\xdf\xa3")) return true; // Matroska and WebM.
  if (text.startsWith("ftyp", 4)) return !PICTURE_BRANDS.includes(text.slice(8, 12));
  if (QUICKTIME_BOXES.some((box) => text.startsWith(box, 4))) return true;
  if (text.startsWith("GIF8")) return text.includes("NETSCAPE2.0") || text.includes("ANIMEXTS1.0");
  const isWebp = text.startsWith("RIFF") && text.startsWith("WEBPVP8X", 8);
  return isWebp && ((head[20] ?? 0) & WEBP_ANIMATION) !== 0;
}

/** The animation flag of WebP's extended header. */
const WEBP_ANIMATION = 0x02;
