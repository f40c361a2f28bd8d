// Pillow's bicubic resampling of 8-bit pictures, equal to the byte.
// The model saw pictures made this way; another filter shifts every pixel value a little.
// @see Pillow, src/libImaging/Resample.c; minicpmv45-spec.md section 2.4

import { breathe } from "../breathe.ts";
import type { Pixels } from "./pixels.ts";
import type { Size } from "./slice.ts";

/** Fraction bits of the integer weights. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);
/** Radius of the cubic kernel in source pixels, before scaling. */
const SUPPORT = 2;
const CUBIC_A = -0.5;
const CHANNELS = 3;

/** Source range and weights of every output position along one axis. */
interface Taps {
  /** First source position of each output. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `stride` weights for each output, fixed point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Resizes a picture with Pillow's BICUBIC filter: the rows first, then the columns, rounded to 8 bits
 * between. Yields to the event loop on the way.
 * @throws the signal's reason when it aborts
 */
export async function resizeBicubic(picture: Pixels, to: Size, signal?: AbortSignal): Promise<Pixels> {
  const narrowed = to.width === picture.width ? picture : await resizeRows(picture, to.width, signal);
  return to.height === picture.height ? narrowed : await resizeColumns(narrowed, to.height, signal);
}

async function resizeRows(picture: Pixels, width: number, signal?: AbortSignal): Promise<Pixels> {
  const { height, data: source } = picture;
  const { starts, counts, weights, stride } = computeTaps(picture.width, width);
  const data = new Uint8Array(width * height * CHANNELS);
  const pause = breathe(signal);
  for (let y = 0; y < height; y++) {
    const row = y * picture.width * CHANNELS;
    let out = y * width * CHANNELS;
    for (let x = 0; x < width; x++) {
      let red = HALF, green = HALF, blue = HALF;
      let at = row + (starts[x] as number) * CHANNELS;
      const first = x * stride;
      const end = first + (counts[x] as number);
      for (let k = first; k < end; k++) {
        const weight = weights[k] as number;
        red += (source[at] as number) * weight;
        green += (source[at + 1] as number) * weight;
        blue += (source[at + 2] as number) * weight;
        at += CHANNELS;
      }
      data[out++] = toByte(red);
      data[out++] = toByte(green);
      data[out++] = toByte(blue);
    }
    if (pause.isDue) await pause.now();
  }
  return { width, height, data };
}

async function resizeColumns(picture: Pixels, height: number, signal?: AbortSignal): Promise<Pixels> {
  const { width, data: source } = picture;
  const { starts, counts, weights, stride } = computeTaps(picture.height, height);
  const rowLength = width * CHANNELS;
  const data = new Uint8Array(rowLength * height);
  const sums = new Int32Array(rowLength);
  const pause = breathe(signal);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < (counts[y] as number); k++) {
      const weight = weights[y * stride + k] as number;
      const row = ((starts[y] as number) + k) * rowLength;
      for (let i = 0; i < rowLength; i++) {
        sums[i] = (sums[i] as number) + (source[row + i] as number) * weight;
      }
    }
    const out = y * rowLength;
    for (let i = 0; i < rowLength; i++) data[out + i] = toByte(sums[i] as number);
    if (pause.isDue) await pause.now();
  }
  return { width, height, data };
}

function toByte(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function computeTaps(from: number, to: number): Taps {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = SUPPORT * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - start;
    let total = 0;
    for (let k = 0; k < count; k++) {
      const weight = cubic((k + start - center + 0.5) * (1 / filterScale));
      exact[k] = weight;
      total += weight;
    }
    for (let k = 0; k < count; k++) {
      const weight = total === 0 ? exact[k] as number : (exact[k] as number) / total;
      weights[i * stride + k] = Math.trunc(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, stride };
}

function cubic(x: number): number {
  const a = CUBIC_A;
  x = Math.abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
