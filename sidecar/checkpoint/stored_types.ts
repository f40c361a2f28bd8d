// How checkpoints store numbers: plain floats, and ggml's blocks of quantised values. Knows bytes, not files.
// @see https://github.com/ggml-org/ggml, ggml-common.h and ggml-quants.c

import { bfloat16ToFloat32, float16, float16ToFloat32 } from "./half.ts";

/** A way to store numbers; every type is a row of blocks. */
interface StoredFormat {
  /** Numbers of a block. */
  readonly count: number;
  /** Bytes of a block. */
  readonly byteLength: number;
}

const FORMATS = {
  F32: { count: 1, byteLength: 4 },
  F16: { count: 1, byteLength: 2 },
  BF16: { count: 1, byteLength: 2 },
  Q4_0: { count: 32, byteLength: 18 },
  Q4_1: { count: 32, byteLength: 20 },
  Q5_0: { count: 32, byteLength: 22 },
  Q5_1: { count: 32, byteLength: 24 },
  Q8_0: { count: 32, byteLength: 34 },
  Q4_K: { count: 256, byteLength: 144 },
  Q5_K: { count: 256, byteLength: 176 },
  Q6_K: { count: 256, byteLength: 210 },
} as const satisfies Readonly<Record<string, StoredFormat>>;

/** A type of number that can be read, by its usual name. */
export type StoredType = keyof typeof FORMATS;

/** A type whose numbers are single floats. */
export type FloatType = "F32" | "F16" | "BF16";

/** A type made of blocks of small integers with scales. */
export type QuantizedType = Exclude<StoredType, FloatType>;

/** Every type, floats first. */
export const STORED_TYPES = Object.keys(FORMATS) as readonly StoredType[];

/** Sizes of a type's blocks. */
export function storedFormat(type: StoredType): StoredFormat {
  return FORMATS[type];
}

export function isFloatType(type: StoredType): type is FloatType {
  return type === "F32" || type === "F16" || type === "BF16";
}

/** Bytes of `count` numbers, which must be whole blocks. */
export function storedByteLength(type: StoredType, count: number): number {
  const format = FORMATS[type];
  return count / format.count * format.byteLength;
}

/**
 * The numbers that bytes stand for, each rounded to float32 as ggml does.
 * @param bytes whole blocks, at an offset that is a multiple of 4
 */
export function decodeValues(type: StoredType, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const words = () => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  switch (type) {
    case "F32":
      return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    case "F16":
      return float16ToFloat32(words());
    case "BF16":
      return bfloat16ToFloat32(words());
    default:
      return decodeBlocks(type, bytes);
  }
}

/** Puts the numbers of the block at byte `at` to `out`, from index `to` on. */
type BlockDecoder = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

const DECODERS: Readonly<Record<QuantizedType, BlockDecoder>> = {
  Q4_0: decodeQ4_0,
  Q4_1: decodeQ4_1,
  Q5_0: decodeQ5_0,
  Q5_1: decodeQ5_1,
  Q8_0: decodeQ8_0,
  Q4_K: decodeQ4_K,
  Q5_K: decodeQ5_K,
  Q6_K: decodeQ6_K,
};

function decodeBlocks(type: QuantizedType, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const { count, byteLength } = FORMATS[type];
  const decode = DECODERS[type];
  const out = new Float32Array(bytes.length / byteLength * count);
  for (let at = 0, to = 0; to < out.length; at += byteLength, to += count) decode(bytes, at, out, to);
  return out;
}

/** The half-precision number at byte `at`. */
export function half(bytes: Uint8Array, at: number): number {
  return float16((bytes[at] as number) | (bytes[at + 1] as number) << 8);
}

/** The four bytes at `at` as one word, lowest first. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | (bytes[at + 1] as number) << 8 | (bytes[at + 2] as number) << 16 |
    (bytes[at + 3] as number) << 24;
}

/** Scale of sub-block `i` of the eight of a Q4_K or Q5_K block whose 12 bytes of scales begin at `at`: 0..63. */
export function subScale(bytes: Uint8Array, at: number, i: number): number {
  return i < 4
    ? (bytes[at + i] as number) & 63
    : ((bytes[at + i + 4] as number) & 15) | ((bytes[at + i - 4] as number) >> 6) << 4;
}

/** Minimum of sub-block `i`: 0..63. */
export function subMinimum(bytes: Uint8Array, at: number, i: number): number {
  return i < 4
    ? (bytes[at + i + 4] as number) & 63
    : (bytes[at + i + 4] as number) >> 4 | ((bytes[at + i] as number) >> 6) << 4;
}

function decodeQ4_0(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + 2 + j] as number;
    out[to + j] = ((pair & 15) - 8) * d;
    out[to + 16 + j] = ((pair >> 4) - 8) * d;
  }
}

function decodeQ4_1(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  const m = half(bytes, at + 2);
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + 4 + j] as number;
    out[to + j] = (pair & 15) * d + m;
    out[to + 16 + j] = (pair >> 4) * d + m;
  }
}

function decodeQ5_0(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  const high = word(bytes, at + 2);
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + 6 + j] as number;
    out[to + j] = ((pair & 15 | (high >>> j & 1) << 4) - 16) * d;
    out[to + 16 + j] = ((pair >> 4 | (high >>> j + 16 & 1) << 4) - 16) * d;
  }
}

function decodeQ5_1(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  const m = half(bytes, at + 2);
  const high = word(bytes, at + 4);
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + 8 + j] as number;
    out[to + j] = (pair & 15 | (high >>> j & 1) << 4) * d + m;
    out[to + 16 + j] = (pair >> 4 | (high >>> j + 16 & 1) << 4) * d + m;
  }
}

function decodeQ8_0(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  for (let j = 0; j < 32; j++) out[to + j] = ((bytes[at + 2 + j] as number) << 24 >> 24) * d;
}

function decodeQ4_K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  const dMinimum = half(bytes, at + 2);
  for (let pair = 0; pair < 4; pair++) {
    const low = d * subScale(bytes, at + 4, 2 * pair);
    const lowMinimum = dMinimum * subMinimum(bytes, at + 4, 2 * pair);
    const high = d * subScale(bytes, at + 4, 2 * pair + 1);
    const highMinimum = dMinimum * subMinimum(bytes, at + 4, 2 * pair + 1);
    for (let j = 0; j < 32; j++) {
      const q = bytes[at + 16 + pair * 32 + j] as number;
      out[to + pair * 64 + j] = (q & 15) * low - lowMinimum;
      out[to + pair * 64 + 32 + j] = (q >> 4) * high - highMinimum;
    }
  }
}

function decodeQ5_K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  const dMinimum = half(bytes, at + 2);
  for (let pair = 0; pair < 4; pair++) {
    const low = d * subScale(bytes, at + 4, 2 * pair);
    const lowMinimum = dMinimum * subMinimum(bytes, at + 4, 2 * pair);
    const high = d * subScale(bytes, at + 4, 2 * pair + 1);
    const highMinimum = dMinimum * subMinimum(bytes, at + 4, 2 * pair + 1);
    for (let j = 0; j < 32; j++) {
      const q = bytes[at + 48 + pair * 32 + j] as number;
      const fifth = (bytes[at + 16 + j] as number) >> 2 * pair;
      out[to + pair * 64 + j] = (q & 15 | (fifth & 1) << 4) * low - lowMinimum;
      out[to + pair * 64 + 32 + j] = (q >> 4 | (fifth & 2) << 3) * high - highMinimum;
    }
  }
}

function decodeQ6_K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at + 208);
  for (let part = 0; part < 2; part++) {
    const low = at + part * 64;
    const high = at + 128 + part * 32;
    for (let quarter = 0; quarter < 4; quarter++) {
      const from = low + (quarter & 1) * 32;
      for (let j = 0; j < 32; j++) {
        const scale = (bytes[at + 192 + part * 8 + quarter * 2 + (j >> 4)] as number) << 24 >> 24;
        const q = (bytes[from + j] as number) >> (quarter >> 1) * 4 & 15 |
          ((bytes[high + j] as number) >> quarter * 2 & 3) << 4;
        out[to + part * 128 + quarter * 32 + j] = d * scale * (q - 32);
      }
    }
  }
}
