// Random blocks of ggml's types, with scales as files have them, so that the weights are of a usual size.

import { type QuantizedType, storedFormat, type StoredType } from "../../sidecar/checkpoint/stored_types.ts";

/** ggml's numbers of the types. */
export const TYPE_CODES: Readonly<Record<StoredType, number>> = {
  ...{ F32: 0, F16: 1, BF16: 30, Q4_0: 2, Q4_1: 3, Q5_0: 6, Q5_1: 7, Q8_0: 8, Q4_K: 12, Q5_K: 13, Q6_K: 14 },
};

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function uniforms(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(seed ^ seed >>> 15, 1 | seed);
    bits = bits + Math.imul(bits ^ bits >>> 7, 61 | bits) ^ bits;
    return ((bits ^ bits >>> 14) >>> 0) / 4294967296;
  };
}

/** Half-precision scales of a block: byte position, and value for weights of about 1. */
export const SCALES: Readonly<Record<QuantizedType, readonly (readonly [at: number, value: number])[]>> = {
  Q4_0: [[0, 0.2]],
  Q4_1: [[0, 0.2], [2, -1.5]],
  Q5_0: [[0, 0.1]],
  Q5_1: [[0, 0.1], [2, -1.6]],
  Q8_0: [[0, 0.013]],
  Q4_K: [[0, 0.006], [2, 0.045]],
  Q5_K: [[0, 0.003], [2, 0.045]],
  Q6_K: [[208, 0.0008]],
};

/** Blocks for `count` values of a size of about `scale`. */
export function randomBlocks(
  type: QuantizedType,
  count: number,
  scale: number,
  random: () => number,
): Uint8Array<ArrayBuffer> {
  const { count: perBlock, byteLength } = storedFormat(type);
  const bytes = Uint8Array.from({ length: count / perBlock * byteLength }, () => random() * 256);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += byteLength) {
    for (const [place, value] of SCALES[type]) {
      view.setUint16(at + place, toHalf(value * scale * (0.5 + random())), true);
    }
  }
  return bytes;
}

/** The nearest half towards zero. */
export function toHalf(value: number): number {
  const magnitude = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  // In steps of the last bit; below 2^-14 the leading bit is not implied.
  const steps = Math.floor(magnitude / 2 ** (exponent - 10));
  const word = steps < 1024 ? steps : (exponent + 15) << 10 | steps - 1024;
  return value < 0 ? word | 0x8000 : word;
}
