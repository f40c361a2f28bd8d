// Image files to pixels. The only file that knows sharp.
// Files are untrusted: every limit is checked before memory is spent.

import type { PictureNote } from "../../protocol/conversation.ts";
import { Failure } from "../../protocol/errors.ts";
import { breathe, waitFor } from "../breathe.ts";
import type { Pixels } from "./pixels.ts";
import { describeFormat } from "./signature.ts";
import type { Size } from "./slice.ts";

/** Largest picture: 100 megapixels take 300 MB while they are resized; large cameras make 50 to 61. */
const MAX_PIXELS = 100_000_000;
/** Longest shape, side to side. Text in thinner strips would vanish in the overview. */
const MAX_ASPECT_RATIO = 200;
/** Longest side that a vector picture without a size of its own worth reading is drawn at. */
const VECTOR_SIDE_PX = 1344;

/** A decoded picture. */
export interface DecodedPicture {
  readonly pixels: Pixels;
  /** Such as "png". */
  readonly format: string;
  readonly notes: readonly PictureNote[];
}

/** How to decode. */
export interface DecodeOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Do only what the reference does: no rotation by EXIF, no colour profile, alpha dropped.
   * For comparing numbers, not for people's pictures.
   */
  readonly asReference?: boolean;
}

/**
 * Decodes the first frame of an image file to 8-bit sRGB: turned as its EXIF data says, transparency on
 * white, vector pictures drawn large enough to read.
 * @param name shown in messages
 * @throws Failure with a `picture-…` kind; the signal's reason when it aborts
 */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  options: DecodeOptions = {},
): Promise<DecodedPicture> {
  const { signal, asReference = false } = options;
  if (bytes.length === 0) throw failure("picture-empty", name, "the file is empty");
  const { default: sharp } = await import("sharp");
  sharp.cache(false); // Pictures are decoded once; a cache would only hold memory.

  const reading = sharp(bytes, { limitInputPixels: false }).metadata().catch((cause: unknown) => {
    throw unreadable(bytes, name, cause);
  });
  const header = await waitFor(reading, signal);
  const { format } = header;
  const turned = !asReference && (header.orientation ?? 1) >= 5;
  const size = turned ? { width: header.height, height: header.width } : header;
  checkSize(size, name);

  const notes: PictureNote[] = [];
  const density = format === "svg" ? vectorDensity(size) : undefined;
  if (format === "svg" && hasExternalReferences(bytes)) notes.push({ kind: "external-references-left-out" });
  if ((header.pages ?? 1) > 1) notes.push({ kind: "first-frame", frameCount: header.pages ?? 1 });
  if (!asReference && (header.orientation ?? 1) > 1) notes.push({ kind: "rotated-by-exif" });
  if (header.space === "cmyk") notes.push({ kind: "converted-to-srgb", from: "CMYK" });
  if (header.depth === "ushort") notes.push({ kind: "reduced-to-8-bit" });

  let pipeline = sharp(bytes, {
    limitInputPixels: MAX_PIXELS,
    ignoreIcc: asReference,
    ...(density === undefined ? {} : { density }),
  });
  if (!asReference) pipeline = pipeline.autoOrient();
  const decoding = pipeline.toColourspace("srgb").raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw damaged(name, cause);
    });
  const { data, info } = await waitFor(decoding, signal);
  if (density !== undefined) {
    notes.unshift({ kind: "vector-drawn-at", widthPx: info.width, heightPx: info.height });
  }

  const flat = await flatten(data, info.channels, asReference, signal);
  if (flat.wasTransparent) notes.push({ kind: "transparency-on-white" });
  return { pixels: { width: info.width, height: info.height, data: flat.rgb }, format, notes };
}

function checkSize({ width, height }: Size, name: string): void {
  if (width * height > MAX_PIXELS) {
    throw failure(
      "picture-too-large",
      name,
      `it has ${width}×${height} pixels (${Math.round(width * height / 1e6)} megapixels), and the limit is ` +
        `${MAX_PIXELS / 1e6} megapixels. Crop it or save it smaller`,
    );
  }
  if (Math.max(width / height, height / width) > MAX_ASPECT_RATIO) {
    throw failure(
      "picture-too-thin",
      name,
      `it is ${width}×${height} pixels, thinner than ${MAX_ASPECT_RATIO} to 1, so nothing in it could be read. ` +
        `Crop out the part you mean`,
    );
  }
}

/** Dots an inch at which sharp draws an SVG in its own size. */
const SVG_DENSITY = 72;

/** A density that draws a small vector picture large enough to read; undefined for one that already is. */
function vectorDensity({ width, height }: Size): number | undefined {
  const side = Math.max(width, height);
  return side >= VECTOR_SIDE_PX ? undefined : SVG_DENSITY * VECTOR_SIDE_PX / side;
}

/** Whether an SVG names things outside itself, which are never loaded. */
function hasExternalReferences(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  return /(?:href|src)\s*=\s*["']\s*(?!#|data:)[^"'\s]/i.test(text) ||
    /url\(\s*["']?\s*(?!#|data:)[^)"'\s]/i.test(text) ||
    /<!ENTITY[^>]+SYSTEM/i.test(text) || /@import/i.test(text);
}

async function flatten(
  data: Uint8Array,
  channels: number,
  dropAlpha: boolean,
  signal: AbortSignal | undefined,
): Promise<{ rgb: Uint8Array; wasTransparent: boolean }> {
  if (channels === 3) return { rgb: data, wasTransparent: false };
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  let wasTransparent = false;
  const pause = breathe(signal);
  for (let i = 0; i < count; i++) {
    const from = i * channels;
    const alpha = dropAlpha || channels < 4 ? 255 : data[from + 3] as number;
    if (alpha < 255) wasTransparent = true;
    for (let c = 0; c < 3; c++) {
      const value = data[from + (channels < 3 ? 0 : c)] as number;
      rgb[i * 3 + c] = alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
    if (i % 65536 === 0 && pause.isDue) await pause.now();
  }
  return { rgb, wasTransparent };
}

function failure(kind: Failure["kind"], name: string, reason: string, cause?: unknown): Failure {
  return new Failure(kind, `Cannot use picture "${name}": ${reason}.`, { subject: name, cause });
}

function unreadable(bytes: Uint8Array, name: string, cause: unknown): Failure {
  const { isPicture, label } = describeFormat(bytes);
  if (!isPicture) {
    return failure("picture-not-an-image", name, `it is ${label}, not a picture`, cause);
  }
  const text = cause instanceof Error ? cause.message : "";
  if (/unsupported image format|no decoder|not supported|heif/i.test(text)) {
    return failure(
      "picture-format-unsupported",
      name,
      `${label} pictures cannot be read. Save it as PNG, JPEG or WebP`,
      cause,
    );
  }
  return damaged(name, cause);
}

function damaged(name: string, cause: unknown): Failure {
  const text = cause instanceof Error ? cause.message.trim().split("\n")[0] ?? "" : "";
  return failure("picture-damaged", name, `the file is damaged or cut short (${text})`, cause);
}
