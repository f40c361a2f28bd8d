// Block quantisation in the layout of ONNX Runtime's MatMulNBits and GatherBlockQuantized.

import { breathe } from "../breathe.ts";

/** Number of bits and block length of quantised weights. */
export interface BlockFormat {
  readonly bits: 4 | 8;
  /** Consecutive input features that share one scale. */
  readonly blockSize: 16 | 32 | 64 | 128;
}

/** Quantised rows. */
export interface QuantizedMatrix {
  /** [rows, columns · bits / 8] bytes; of a pair of 4-bit values the even column has the low half. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** [rows, columns / blockSize] float32. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** What is added to each value of a block, [rows, columns / blockSize] float32; null for nothing. */
  readonly offsets: Float32Array<ArrayBuffer> | null;
}

/** Rows quantised here, with what that has cost. */
export interface LossyMatrix extends QuantizedMatrix {
  readonly offsets: null;
  /** Sum of the squared differences from the values given. */
  readonly squaredError: number;
  /** Sum of their squares. */
  readonly squaredNorm: number;
}

/** Blocks between two looks at the clock. */
const BLOCKS_PER_LOOK = 256;
/** How far beyond the end of the codes the largest value is put, to find the scale. Finer steps gain less than 0.1 %. */
const TRIALS = { 4: [-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9], 8: [-0.8, -0.4, 0, 0.4, 0.8] };

/**
 * Quantises a matrix [rows, columns], row-major. Each block's scale is the one of those tried whose squared error
 * is smallest. A value v is stored as round(v / scale) + 2^(bits-1). Yields to the event loop on the way.
 * @throws RangeError when the columns are not whole blocks; the signal's reason when it aborts
 */
export async function quantizeBlocks(
  values: Float32Array,
  rows: number,
  columns: number,
  { bits, blockSize }: BlockFormat,
  signal?: AbortSignal,
): Promise<LossyMatrix> {
  if (columns % blockSize !== 0) {
    throw new RangeError(`${columns} columns are not made of blocks of ${blockSize}`);
  }
  const data = new Uint8Array(rows * columns * bits / 8);
  const scales = new Float32Array(rows * columns / blockSize);
  const offset = 1 << (bits - 1);
  let squaredError = 0;
  let squaredNorm = 0;
  const pause = breathe(signal);
  for (let block = 0; block < scales.length; block++) {
    if (block % BLOCKS_PER_LOOK === 0 && pause.isDue) await pause.now();
    const start = block * blockSize;
    const scale = bestScale(values, start, blockSize, offset, TRIALS[bits]);
    const inverse = scale === 0 ? 0 : 1 / scale;
    scales[block] = scale;
    for (let i = start; i < start + blockSize; i++) {
      const value = values[i] as number;
      const code = quantize(value * inverse, offset);
      squaredError += (value - code * scale) ** 2;
      squaredNorm += value * value;
      if (bits === 8) data[i] = code + offset;
      else data[i >> 1] = (data[i >> 1] as number) | (code + offset << (i & 1) * 4);
    }
  }
  return { data, scales, offsets: null, squaredError, squaredNorm };
}

/** The values that quantised weights stand for. */
export function dequantizeBlocks(
  { data, scales, offsets }: QuantizedMatrix,
  { bits, blockSize }: BlockFormat,
): Float32Array<ArrayBuffer> {
  const middle = 1 << (bits - 1);
  const values = new Float32Array(data.length * 8 / bits);
  for (let i = 0; i < values.length; i++) {
    const code = bits === 8 ? data[i] as number : ((data[i >> 1] as number) >> (i % 2 * 4)) & 15;
    const block = Math.floor(i / blockSize);
    values[i] = (code - middle) * (scales[block] as number) + (offsets?.[block] ?? 0);
  }
  return values;
}

/** The nearest of the codes -offset..offset-1. */
function quantize(scaled: number, offset: number): number {
  const code = Math.floor(scaled + 0.5);
  return code < -offset ? -offset : code >= offset ? offset - 1 : code;
}

/** The scale for the values from `start` on. Its inner loop runs billions of times. */
function bestScale(
  values: Float32Array,
  start: number,
  length: number,
  offset: number,
  trials: readonly number[],
): number {
  let peak = 0;
  for (let i = start; i < start + length; i++) {
    if (Math.abs(values[i] as number) > Math.abs(peak)) peak = values[i] as number;
  }
  if (peak === 0) return 0;
  const highest = 2 * offset - 1;
  let best = 0;
  let largest = -1;
  for (const trial of trials) {
    // The range is one longer below zero than above, so the largest value is put there.
    const inverse = -(offset + trial) / peak;
    let dot = 0;
    let norm = 0;
    for (let i = start; i < start + length; i++) {
      const value = values[i] as number;
      // Rounds, and keeps what lies below the lowest code there: it is less than one away.
      const rounded = (value * inverse + offset + 0.5) | 0;
      const code = (rounded > highest ? highest : rounded) - offset;
      dot += code * value;
      norm += code * code;
    }
    // For these codes the scale dot / norm has the least squared error: all of the norm but this much.
    const explained = dot * dot / norm;
    if (explained > largest) [best, largest] = [dot / norm, explained];
  }
  return Math.fround(best);
}
