// Writes a GGUF file with random weights, a few megabytes at a time. The same weights every time.

import { open, rename } from "node:fs/promises";
import { storedByteLength, storedFormat } from "../../sidecar/checkpoint/stored_types.ts";
import { GGUF_ALIGNMENT, ggufHeader } from "../../test/support/gguf_file.ts";
import { SCALES, toHalf, TYPE_CODES } from "../../test/support/random_blocks.ts";
import type { ReleaseFile, ReleaseTensor } from "./release.ts";

/** Values that are made at once; whole blocks of every type, and whole words. */
const CHUNK_VALUES = 1 << 22;
const CHOICES = 1 << 12;

/**
 * Writes a file, which is there under its name when it is whole.
 * @throws Error when the tensors are not of the release's size
 */
export async function writeSyntheticFile(path: string, release: ReleaseFile): Promise<void> {
  const total = release.tensors.reduce((sum, tensor) => sum + byteLengthOf(tensor), 0);
  if (total !== release.byteLength) throw new Error(`${path} has ${total} bytes of weights`);
  const draft = `${path}.part`;
  const file = await open(draft, "w");
  try {
    await file.write(ggufHeader(release.settings, places(release.tensors)));
    for (const [seed, tensor] of release.tensors.entries()) {
      for (const chunk of randomChunks(tensor, seed + 1)) await file.write(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function places(tensors: readonly ReleaseTensor[]) {
  let end = 0;
  return tensors.map((tensor) => {
    const { name, type, shape } = tensor;
    const place = { name, code: TYPE_CODES[type], shape, offset: end };
    end += byteLengthOf(tensor);
    if (end % GGUF_ALIGNMENT !== 0) throw new Error(`${name} is not followed by the next tensor at once`);
    return place;
  });
}

function byteLengthOf({ type, shape }: ReleaseTensor): number {
  return storedByteLength(type, valueCount(shape));
}

function valueCount(shape: readonly number[]): number {
  return shape.reduce((count, dim) => count * dim, 1);
}

function* randomChunks(tensor: ReleaseTensor, seed: number): Generator<Uint8Array> {
  const { type, shape } = tensor;
  const count = valueCount(shape);
  const [mean, spread] = sizeOf(tensor);
  const words = new Uint32Array(storedByteLength(type, CHUNK_VALUES) / 4);
  const bytes = new Uint8Array(words.buffer);
  // xorshift: the seed must not be 0, and the first numbers of small seeds are small.
  let state = Math.imul(seed, 0x9e3779b1);
  for (let from = 0; from < count; from += CHUNK_VALUES) {
    for (let i = 0; i < words.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[i] = state;
    }
    toWeights(tensor.type, bytes, mean, spread);
    yield bytes.subarray(0, storedByteLength(type, Math.min(CHUNK_VALUES, count - from)));
  }
}

/** Mean and size of a tensor's values: such that what a layer computes stays of the size of what it is given. */
function sizeOf({ name, shape }: ReleaseTensor): readonly [mean: number, spread: number] {
  if (shape.length > 1) return [0, 1 / Math.sqrt(valueCount(shape.slice(1)))];
  return name.endsWith(".bias") ? [0, 0.02] : [1, 0.1];
}

/** Makes random bytes into values of a type. */
function toWeights(type: ReleaseTensor["type"], bytes: Uint8Array, mean: number, spread: number): void {
  // Uniform, of the variance that is wanted.
  const values = Float32Array.from(
    { length: CHOICES },
    (_, i) => mean + spread * Math.sqrt(3) * ((2 * i + 1) / CHOICES - 1),
  );
  switch (type) {
    case "F32": {
      const words = new Uint32Array(bytes.buffer);
      const floats = new Float32Array(bytes.buffer);
      for (let i = 0; i < words.length; i++) {
        floats[i] = values[(words[i] as number) >>> 20] as number;
      }
      return;
    }
    case "F16": {
      const halves = Uint16Array.from(values, toHalf);
      const words = new Uint16Array(bytes.buffer);
      for (let i = 0; i < words.length; i++) words[i] = halves[(words[i] as number) >> 4] as number;
      return;
    }
    default: {
      const [[place, value]] = SCALES[type] as readonly [readonly [number, number]];
      const scales = Uint16Array.from({ length: 256 }, (_, i) => toHalf(value * spread * (0.5 + i / 256)));
      for (let at = place; at < bytes.length; at += storedFormat(type).byteLength) {
        const scale = scales[bytes[at] as number] as number;
        bytes[at] = scale & 255;
        bytes[at + 1] = scale >> 8;
      }
    }
  }
}
