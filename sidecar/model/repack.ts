// ggml's blocks of quantised values in the layout of MatMulNBits and GatherBlockQuantized, without changing a value:
// every code, scale and offset is carried over.
// @see https://github.com/ggml-org/ggml, ggml-quants.c

import {
  half,
  type QuantizedType,
  storedFormat,
  subMinimum,
  subScale,
  word,
} from "../checkpoint/stored_types.ts";
import type { BlockFormat, QuantizedMatrix } from "./quantize.ts";

/** How a type's values lie in our blocks: (code − middle) · scale, plus an offset where `hasOffsets`. */
export interface RepackedFormat extends BlockFormat {
  readonly hasOffsets: boolean;
}

const FORMATS: Readonly<Record<QuantizedType, RepackedFormat>> = {
  Q4_0: { bits: 4, blockSize: 32, hasOffsets: false },
  Q4_1: { bits: 4, blockSize: 32, hasOffsets: true },
  Q5_0: { bits: 8, blockSize: 32, hasOffsets: false },
  Q5_1: { bits: 8, blockSize: 32, hasOffsets: true },
  Q8_0: { bits: 8, blockSize: 32, hasOffsets: false },
  Q4_K: { bits: 4, blockSize: 32, hasOffsets: true },
  Q5_K: { bits: 8, blockSize: 32, hasOffsets: true },
  Q6_K: { bits: 8, blockSize: 16, hasOffsets: false },
};

/** What is subtracted from a code of 4 bits, and of 8. */
const MIDDLE_4 = 8;
const MIDDLE_8 = 128;
/** Codes of 5 and 6 bits are put around the middle of 8, so that what is multiplied stays small. */
const SHIFT_5 = MIDDLE_8 - 16;
const SHIFT_6 = MIDDLE_8 - 32;

/** The form that a type's blocks get. */
export function repackedFormat(type: QuantizedType): RepackedFormat {
  return FORMATS[type];
}

/**
 * Repacks whole blocks. A ggml type with a minimum, w = scale · q + minimum, becomes scale · (q − h) + offset with
 * offset = minimum + h · scale, h half the range of q: half the size in what is multiplied, and no zero points.
 * @param bytes blocks one behind the other
 */
export function repackBlocks(type: QuantizedType, bytes: Uint8Array): QuantizedMatrix {
  const { bits, blockSize, hasOffsets } = FORMATS[type];
  const { count, byteLength } = storedFormat(type);
  const values = bytes.length / byteLength * count;
  const data = new Uint8Array(values * bits / 8);
  const scales = new Float32Array(values / blockSize);
  const offsets = hasOffsets ? new Float32Array(scales.length) : null;
  REPACKERS[type](bytes, data, scales, offsets ?? NONE);
  return { data, scales, offsets };
}

const NONE = new Float32Array(0);

type Repacker = (bytes: Uint8Array, data: Uint8Array, scales: Float32Array, offsets: Float32Array) => void;

const REPACKERS: Readonly<Record<QuantizedType, Repacker>> = {
  Q4_0(bytes, data, scales) {
    for (let i = 0, at = 0; i < scales.length; i++, at += 18) {
      scales[i] = half(bytes, at);
      splitNibbles(bytes, at + 2, 16, data, i * 16);
    }
  },
  Q4_1(bytes, data, scales, offsets) {
    for (let i = 0, at = 0; i < scales.length; i++, at += 20) {
      const d = scales[i] = half(bytes, at);
      offsets[i] = half(bytes, at + 2) + MIDDLE_4 * d;
      splitNibbles(bytes, at + 4, 16, data, i * 16);
    }
  },
  Q5_0(bytes, data, scales) {
    for (let i = 0, at = 0; i < scales.length; i++, at += 22) {
      scales[i] = half(bytes, at);
      joinFifthBits(bytes, at + 6, word(bytes, at + 2), data, i * 32);
    }
  },
  Q5_1(bytes, data, scales, offsets) {
    for (let i = 0, at = 0; i < scales.length; i++, at += 24) {
      const d = scales[i] = half(bytes, at);
      offsets[i] = half(bytes, at + 2) + 16 * d;
      joinFifthBits(bytes, at + 8, word(bytes, at + 4), data, i * 32);
    }
  },
  Q8_0(bytes, data, scales) {
    for (let i = 0, at = 0; i < scales.length; i++, at += 34) {
      scales[i] = half(bytes, at);
      for (let j = 0; j < 32; j++) data[i * 32 + j] = (bytes[at + 2 + j] as number) ^ MIDDLE_8;
    }
  },
  Q4_K(bytes, data, scales, offsets) {
    for (let at = 0, i = 0; i < scales.length; at += 144, i += 8) {
      unpackScales(bytes, at, MIDDLE_4, scales, offsets, i);
      for (let pair = 0; pair < 4; pair++) {
        splitNibbles(bytes, at + 16 + pair * 32, 32, data, i * 16 + pair * 32);
      }
    }
  },
  Q5_K(bytes, data, scales, offsets) {
    for (let at = 0, i = 0; i < scales.length; at += 176, i += 8) {
      unpackScales(bytes, at, 16, scales, offsets, i);
      for (let pair = 0; pair < 4; pair++) {
        const to = i * 32 + pair * 64;
        for (let j = 0; j < 32; j++) {
          const q = bytes[at + 48 + pair * 32 + j] as number;
          const fifth = (bytes[at + 16 + j] as number) >> 2 * pair;
          data[to + j] = (q & 15 | (fifth & 1) << 4) + SHIFT_5;
          data[to + 32 + j] = (q >> 4 | (fifth & 2) << 3) + SHIFT_5;
        }
      }
    }
  },
  Q6_K(bytes, data, scales) {
    for (let at = 0, i = 0; i < scales.length; at += 210, i += 16) {
      const d = half(bytes, at + 208);
      for (let j = 0; j < 16; j++) scales[i + j] = d * ((bytes[at + 192 + j] as number) << 24 >> 24);
      for (let part = 0; part < 2; part++) repackSixBits(bytes, at, part, data, i * 16 + part * 128);
    }
  },
};

/** Low halves of `count` bytes, then their high halves, each as pairs with the even value in the low half. */
function splitNibbles(bytes: Uint8Array, at: number, count: number, data: Uint8Array, to: number): void {
  const pairs = count >> 1;
  for (let i = 0; i < pairs; i++) {
    const even = bytes[at + 2 * i] as number;
    const odd = bytes[at + 2 * i + 1] as number;
    data[to + i] = even & 15 | (odd & 15) << 4;
    data[to + pairs + i] = even >> 4 | odd & 0xf0;
  }
}

function joinFifthBits(bytes: Uint8Array, at: number, high: number, data: Uint8Array, to: number): void {
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + j] as number;
    data[to + j] = (pair & 15 | (high >>> j & 1) << 4) + SHIFT_5;
    data[to + 16 + j] = (pair >> 4 | (high >>> j + 16 & 1) << 4) + SHIFT_5;
  }
}

/** The eight scales and offsets of a Q4_K or Q5_K block. */
function unpackScales(
  bytes: Uint8Array,
  at: number,
  middle: number,
  scales: Float32Array,
  offsets: Float32Array,
  to: number,
): void {
  const d = half(bytes, at);
  const dMinimum = half(bytes, at + 2);
  for (let i = 0; i < 8; i++) {
    const scale = d * subScale(bytes, at + 4, i);
    scales[to + i] = scale;
    offsets[to + i] = middle * scale - dMinimum * subMinimum(bytes, at + 4, i);
  }
}

/** Half of a Q6_K block: 128 values. */
function repackSixBits(bytes: Uint8Array, at: number, part: number, data: Uint8Array, to: number): void {
  const low = at + part * 64;
  const high = at + 128 + part * 32;
  for (let j = 0; j < 32; j++) {
    const a = bytes[low + j] as number;
    const b = bytes[low + 32 + j] as number;
    const h = bytes[high + j] as number;
    data[to + j] = (a & 15 | (h & 3) << 4) + SHIFT_6;
    data[to + 32 + j] = (b & 15 | (h >> 2 & 3) << 4) + SHIFT_6;
    data[to + 64 + j] = (a >> 4 | (h >> 4 & 3) << 4) + SHIFT_6;
    data[to + 96 + j] = (b >> 4 | h >> 6 << 4) + SHIFT_6;
  }
}
