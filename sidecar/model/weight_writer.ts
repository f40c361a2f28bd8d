// Fills a weights file according to a plan, piece by piece, holding no more than a few megabytes of a matrix at a time.

import { breathe } from "../breathe.ts";
import { Failure } from "../../protocol/errors.ts";
import { elementCount, readFloats, type StoredTensor } from "../checkpoint/checkpoint.ts";
import { areFinite } from "../checkpoint/half.ts";
import { type QuantizedType, storedByteLength } from "../checkpoint/stored_types.ts";
import type { ExternalTensor } from "../graph/graph_builder.ts";
import type { WeightsFile } from "../graph/weights_file.ts";
import type { ElementType } from "../onnx/element_type.ts";
import type { LossyMatrix, QuantizedMatrix } from "./quantize.ts";
import type { Quantizers } from "./quantizers.ts";
import { repackBlocks } from "./repack.ts";
import { type Piece, sourceByteLength } from "./weight_plan.ts";
import type { PlacedMatrix } from "./weight_store.ts";

/** How much of a tensor is worked on at once: some milliseconds. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** How far a quantised matrix is from what it was made of: root mean square of the difference, as a share of that of the values. */
export interface Loss {
  readonly name: string;
  readonly relativeRms: number;
}

interface WriteOptions {
  readonly quantizers: Quantizers;
  readonly signal?: AbortSignal | undefined;
  readonly onRead?: (byteLength: number) => void;
}

/** Float32 values, or the words of a 16-bit type. */
type Floats = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

type PieceOf<K extends Piece["kind"]> = Extract<Piece, { kind: K }>;

/**
 * Writes one piece.
 * @param onRead called with the bytes of the checkpoint that have been worked on since the last call
 * @returns what the piece has lost; null where it holds the very values of the checkpoint
 * @throws Failure "model-invalid" when the checkpoint has values that are no numbers; the signal's reason when it aborts
 */
export async function writePiece(
  piece: Piece,
  file: WeightsFile,
  options: WriteOptions,
): Promise<Loss | null> {
  switch (piece.kind) {
    case "floats":
      await writeFloats(piece, file, options.signal);
      options.onRead?.(sourceByteLength(piece));
      return null;
    case "repacked":
    case "quantized":
      return await writeBlocks(piece, file, options);
  }
}

async function writeFloats(
  { how, source, place }: PieceOf<"floats">,
  file: WeightsFile,
  signal?: AbortSignal,
): Promise<void> {
  if (how.kind === "table") return file.write(place.byteOffset, how.compute());
  const tensor = source as StoredTensor;
  if (how.kind === "transposed") {
    const values = await readAs(place.type, tensor, 0, elementCount(how.shape));
    return file.write(place.byteOffset, await transpose(values, ...how.shape, signal));
  }
  const rowLength = elementCount(how.shape.slice(1));
  const first = how.kind === "rows" ? how.from * rowLength : 0;
  const count = elementCount(place.dims);
  const step = chunkRows(tensor) * rowLength;
  for (let from = 0; from < count; from += step) {
    signal?.throwIfAborted();
    const values = await readAs(place.type, tensor, first + from, first + Math.min(from + step, count));
    await file.write(place.byteOffset + from * values.BYTES_PER_ELEMENT, values);
  }
}

/** Numbers `from`..`to` as float32, or as the words of 16 bits that they are. */
async function readAs(type: ElementType, tensor: StoredTensor, from: number, to: number): Promise<Floats> {
  if (type === "float32") {
    const values = await readFloats(tensor, from, to);
    requireFinite([values], tensor);
    return values;
  }
  const bytes = await tensor.read(from, to);
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  if (!areFinite(tensor.type as "F16" | "BF16", words)) throw notFinite(tensor);
  return words;
}

async function writeBlocks(
  piece: PieceOf<"repacked" | "quantized">,
  file: WeightsFile,
  { signal, onRead, quantizers }: WriteOptions,
): Promise<Loss | null> {
  const { kind, key, source, place } = piece;
  const [rows = 0, columns = 0] = source.shape;
  const step = chunkRows(source);
  const make = async (from: number): Promise<Rows> => {
    const bytes = await source.read(from * columns, Math.min(from + step, rows) * columns);
    const { byteLength } = bytes;
    const blocks = kind === "repacked"
      ? repackBlocks(source.type as QuantizedType, bytes)
      : await quantizers.quantize({ type: source.type, bytes, columns, format: place });
    return { from, byteLength, blocks };
  };
  let [squaredError, squaredNorm] = [0, 0];
  for await (const { from, byteLength, blocks } of inOrder(rows, step, quantizers.count + 1, make)) {
    signal?.throwIfAborted();
    requireFinite([blocks.scales, blocks.offsets ?? []], source);
    if ("squaredError" in blocks) {
      squaredError += blocks.squaredError;
      squaredNorm += blocks.squaredNorm;
    }
    await writeRows(place, blocks, from, rows, file);
    onRead?.(byteLength);
  }
  if (kind === "repacked") return null;
  if (!Number.isFinite(squaredNorm)) throw notFinite(source);
  return { name: key, relativeRms: squaredNorm === 0 ? 0 : Math.sqrt(squaredError / squaredNorm) };
}

/** Some rows of a matrix, done. */
interface Rows {
  readonly from: number;
  /** Bytes that they have in the checkpoint. */
  readonly byteLength: number;
  readonly blocks: QuantizedMatrix | LossyMatrix;
}

/** Makes all rows, `step` at a time, `ahead` of those that are asked for. */
async function* inOrder(
  rows: number,
  step: number,
  ahead: number,
  make: (from: number) => Promise<Rows>,
): AsyncGenerator<Rows> {
  const started: Promise<Rows>[] = [];
  for (let from = 0; from < rows || started.length > 0;) {
    for (; from < rows && started.length < ahead; from += step) {
      const next = make(from);
      next.catch(() => {}); // Told when it is awaited.
      started.push(next);
    }
    yield await (started.shift() as Promise<Rows>);
  }
}

/** Writes the parts of the rows from `from` on, of `rows` in the whole matrix. */
async function writeRows(
  place: PlacedMatrix,
  blocks: QuantizedMatrix,
  from: number,
  rows: number,
  file: WeightsFile,
): Promise<void> {
  const at = ({ byteOffset, byteLength }: ExternalTensor) => byteOffset + from * (byteLength / rows);
  await file.write(at(place.data), blocks.data);
  await file.write(at(place.scales), blocks.scales);
  if (place.offsets !== null && blocks.offsets !== null) await file.write(at(place.offsets), blocks.offsets);
}

/** Whole rows that make about one chunk. Vectors are short. */
function chunkRows({ type, shape }: StoredTensor): number {
  if (shape.length === 1) return shape[0] as number;
  return Math.max(1, Math.floor(CHUNK_BYTES / storedByteLength(type, elementCount(shape.slice(1)))));
}

function requireFinite(lists: readonly ArrayLike<number>[], tensor: StoredTensor): void {
  // A sum of float32 values cannot overflow, so it is finite when they all are.
  let sum = 0;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) sum += list[i] as number;
  }
  if (!Number.isFinite(sum)) throw notFinite(tensor);
}

function notFinite({ name, file }: StoredTensor): Failure {
  return new Failure(
    "model-invalid",
    `Cannot use "${file}": tensor "${name}" has values that are no numbers.`,
    {
      subject: file,
    },
  );
}

async function transpose(
  values: Floats,
  rows: number,
  columns: number,
  signal: AbortSignal | undefined,
): Promise<Floats> {
  const result = values instanceof Float32Array
    ? new Float32Array(values.length)
    : new Uint16Array(values.length);
  const pause = breathe(signal);
  // In tiles, so that the lines of memory that are written to stay at hand.
  const tile = 32;
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(top + tile, rows);
    for (let column = 0; column < columns; column++) {
      for (let row = top; row < bottom; row++) {
        result[column * rows + row] = values[row * columns + column] as number;
      }
    }
    if (pause.isDue) await pause.now();
  }
  return result;
}
