// How the pixels of a stream lie in memory, read from what its container says of it.

import type { DecoderConfig } from "./codec_library.ts";

/** Chroma planes against luma: halved both ways, halved in width, or whole. */
export type Chroma = "4:2:0" | "4:2:2" | "4:4:4";

/** Planes Y, U, V one after another without gaps, or packed RGB. */
export type PixelLayout =
  | { readonly kind: "planar"; readonly chroma: Chroma; readonly bitDepth: number }
  /** Y, then U and V in turns at half the width and height. */
  | { readonly kind: "semi-planar" }
  | { readonly kind: "packed"; readonly red: 0 | 2 };

const PLANAR = /^I(420|422|444)A?(?:P(10|12))?$/;
const CHROMA: Readonly<Record<string, Chroma>> = { "420": "4:2:0", "422": "4:2:2", "444": "4:4:4" };

/**
 * The layout of decoded frames; null for one we cannot read.
 * @param format as the codec library names it; "I420" is also said of formats that it has no name for
 */
export function layoutOf(format: string | null, config: DecoderConfig): PixelLayout | null {
  if (format === null || format === "I420") return declaredLayout(config);
  if (format === "NV12") return { kind: "semi-planar" };
  if (/^RGB[AX]$/.test(format)) return { kind: "packed", red: 0 };
  if (/^BGR[AX]$/.test(format)) return { kind: "packed", red: 2 };
  const [, chroma = "", depth = "8"] = PLANAR.exec(format) ?? [];
  const known = CHROMA[chroma];
  return known === undefined ? null : { kind: "planar", chroma: known, bitDepth: Number(depth) };
}

/** Bytes of a frame. */
export function byteLengthOf(layout: PixelLayout, width: number, height: number): number {
  const half = Math.ceil(width / 2) * Math.ceil(height / 2);
  switch (layout.kind) {
    case "packed":
      return width * height * 4;
    case "semi-planar":
      return width * height + 2 * half;
    case "planar": {
      const [chromaWidth, chromaHeight] = chromaSize(layout.chroma, width, height);
      const samples = width * height + 2 * chromaWidth * chromaHeight;
      return layout.bitDepth > 8 ? 2 * samples : samples;
    }
  }
}

/** Width and height of a chroma plane. */
export function chromaSize(chroma: Chroma, width: number, height: number): [width: number, height: number] {
  return [
    chroma === "4:4:4" ? width : Math.ceil(width / 2),
    chroma === "4:2:0" ? Math.ceil(height / 2) : height,
  ];
}

/** What the stream's own description declares: 4:2:0 with 8 bits where it says nothing. */
function declaredLayout(config: DecoderConfig): PixelLayout | null {
  const { chroma, bitDepth } = declared(config);
  const known = (["4:0:0", "4:2:0", "4:2:2", "4:4:4"] as const)[chroma];
  // Grey streams are so rare that nobody would miss them.
  return known === undefined || known === "4:0:0" ? null : { kind: "planar", chroma: known, bitDepth };
}

/** `chroma` as ISO 14496-10 counts: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
function declared({ codec, description }: DecoderConfig): { chroma: number; bitDepth: number } {
  const [family = "", ...fields] = codec.split(".");
  const bytes = description === undefined ? new Uint8Array(0) : toBytes(description);
  switch (family) {
    case "avc1":
    case "avc3":
      return declaredByAvc(bytes);
    case "hvc1":
    case "hev1":
      return bytes.length > 17
        ? { chroma: (bytes[16] as number) & 3, bitDepth: 8 + ((bytes[17] as number) & 7) }
        : USUAL;
    case "vp09": {
      const chroma = Number(fields[3] ?? 1);
      return { chroma: chroma <= 1 ? 1 : chroma, bitDepth: Number(fields[2] ?? 8) };
    }
    case "av01": {
      const [grey = "0", sub = "110"] = fields.slice(3);
      const chroma = grey === "1" ? 0 : sub.startsWith("00") ? 3 : sub.startsWith("10") ? 2 : 1;
      return { chroma, bitDepth: Number(fields[2] ?? 8) };
    }
    default:
      return USUAL;
  }
}

const USUAL = { chroma: 1, bitDepth: 8 };

/** Profiles of H.264 whose configuration record ends with chroma and depth. */
const EXTENDED_PROFILES = [100, 110, 122, 144, 244];

/** @see ISO 14496-15, section 5.3.3: AVCDecoderConfigurationRecord */
function declaredByAvc(record: Uint8Array): { chroma: number; bitDepth: number } {
  if (!EXTENDED_PROFILES.includes(record[1] ?? 0)) return USUAL;
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (record[at++] ?? 0) & mask;
    for (let i = 0; i < count; i++) at += 2 + (((record[at] ?? 0) << 8) | (record[at + 1] ?? 0));
  }
  if (at + 1 >= record.length) return USUAL;
  return { chroma: (record[at] as number) & 3, bitDepth: 8 + ((record[at + 1] as number) & 7) };
}

function toBytes(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
