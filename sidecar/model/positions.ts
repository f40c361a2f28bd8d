// Position tables of the vision tower and the resampler, with the float32 rounding of the reference.
// @see minicpmv45-spec.md sections 3.1 and 4.1

const { fround } = Math;

/** Lanes of the vector instructions that made the reference's `arange`. */
const LANES = 8;
/** Base of the sinusoidal wavelengths. */
const WAVELENGTH_BASE = 10000;

/**
 * Position of each patch of a slice in the tower's learned table, as a share of the slice's height and width.
 * @returns rows·columns integers below `side` squared, row-major
 */
export function patchPositions(rows: number, columns: number, side: number): BigInt64Array<ArrayBuffer> {
  const down = fractionalBuckets(rows, side);
  const across = fractionalBuckets(columns, side);
  const positions = new BigInt64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      positions[row * columns + column] = BigInt((down[row] as number) * side + (across[column] as number));
    }
  }
  return positions;
}

/** For `count` patches along an axis, the bucket 0..side-1 of each; nearly floor(side · i / count). */
export function fractionalBuckets(count: number, side: number): number[] {
  const boundaries = Array.from({ length: side - 1 }, (_, j) => fround(1 / side + (1 / side) * j));
  const step = fround(1 / count);
  const vectorised = LANES * Math.floor(count / LANES);
  return Array.from({ length: count }, (_, i) => {
    const lane = i % LANES;
    const value = i < vectorised ? fround(fround(step * (i - lane)) + step * lane) : fround(step * i);
    return boundaries.filter((boundary) => boundary <= value).length;
  });
}

/** One slice of a group, as the resampler sees it. */
export interface GroupSlice {
  readonly rows: number;
  readonly columns: number;
  /** Tenths of a second from the start of the video; -1 for a still picture. */
  readonly time: number;
}

/**
 * What is added to the resampler's keys: where each patch lies in its slice, and when its frame was.
 * @returns [sum of patches, width] float32, slice after slice
 */
export function keyPositions(slices: readonly GroupSlice[], width: number): Float32Array<ArrayBuffer> {
  const spatial = frequencies(width / 4);
  const temporal = frequencies(width / 2);
  const count = slices.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  const table = new Float32Array(count * width);
  let at = 0;
  for (const { rows, columns, time } of slices) {
    const when = time < 0 ? null : waves(time, temporal);
    const across = Array.from({ length: columns }, (_, column) => waves(column, spatial));
    for (let row = 0; row < rows; row++) {
      const down = waves(row, spatial);
      for (let column = 0; column < columns; column++) {
        // The column comes first, then the row.
        table.set(across[column] as Float32Array, at);
        table.set(down, at + width / 2);
        if (when !== null) {
          for (let i = 0; i < width; i++) table[at + i] = (table[at + i] as number) + (when[i] as number);
        }
        at += width;
      }
    }
  }
  return table;
}

/** Angular frequencies 10000^(-k / count), k = 0..count-1. */
function frequencies(count: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, k) => fround(1 / fround(WAVELENGTH_BASE ** fround(k / count))),
  );
}

/** Sines, then cosines, of a position at each frequency. */
function waves(position: number, omega: Float32Array): Float32Array {
  const values = new Float32Array(omega.length * 2);
  omega.forEach((frequency, k) => {
    const angle = fround(position * frequency);
    values[k] = Math.sin(angle);
    values[omega.length + k] = Math.cos(angle);
  });
  return values;
}

/** Cosine and sine of every position's rotation, [contextLength, headSize / 2] each. */
export function rotaryTables(
  contextLength: number,
  headSize: number,
  theta: number,
): { cos: Float32Array<ArrayBuffer>; sin: Float32Array<ArrayBuffer> } {
  const half = headSize / 2;
  const cos = new Float32Array(contextLength * half);
  const sin = new Float32Array(contextLength * half);
  const omega = Float32Array.from({ length: half }, (_, k) => 1 / fround(theta ** fround(2 * k / headSize)));
  for (let position = 0, i = 0; position < contextLength; position++) {
    for (let k = 0; k < half; k++, i++) {
      const angle = fround(position * (omega[k] as number));
      cos[i] = Math.cos(angle);
      sin[i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
