// Which weights a model's graphs need, in which form and where in the weights file: everything about a weights file but
// its contents.

import { Failure } from "../../protocol/errors.ts";
import { type Checkpoint, type StoredTensor, tensorByteLength } from "../checkpoint/checkpoint.ts";
import { isFloatType, type QuantizedType, type StoredType } from "../checkpoint/stored_types.ts";
import type { ExternalTensor } from "../graph/graph_builder.ts";
import { WeightsLayout } from "../graph/weights_file.ts";
import type { ElementType } from "../onnx/element_type.ts";
import type { BlockFormat } from "./quantize.ts";
import { repackedFormat } from "./repack.ts";
import type { FloatSource, MatrixRole, PlacedMatrix, WeightStore } from "./weight_store.ts";

/** The type that a float tensor keeps: vectors and what was quantised become float32, which costs little. */
const KEPT_TYPES: Partial<Readonly<Record<StoredType, ElementType>>> = { F16: "float16", BF16: "bfloat16" };

/** How the decoder's matrices are stored. */
export type WeightFormat =
  | { readonly kind: "fp32" }
  /** As the checkpoint has them: blocks as blocks, floats as floats. */
  | { readonly kind: "stored" }
  | {
    readonly kind: "blocks";
    readonly linear: BlockFormat;
    readonly embedding: BlockFormat;
    readonly head: BlockFormat;
  };

/** A part of the weights file and how it is made. */
export type Piece =
  | {
    readonly kind: "floats";
    readonly key: string;
    /** Null for a computed table. */
    readonly source: StoredTensor | null;
    readonly how: FloatSource;
    readonly place: ExternalTensor;
  }
  | {
    readonly kind: "repacked";
    readonly key: string;
    readonly source: StoredTensor;
    readonly place: PlacedMatrix;
  }
  | {
    readonly kind: "quantized";
    readonly key: string;
    readonly source: StoredTensor;
    readonly place: PlacedMatrix;
  };

/** Collects what graphs ask for. */
export class WeightPlan implements WeightStore {
  readonly pieces: Piece[] = [];
  /** The places by key, for the table of the finished file. */
  readonly floatPlaces = new Map<string, ExternalTensor>();
  readonly blockPlaces = new Map<string, PlacedMatrix>();
  readonly #checkpoint: Checkpoint;
  readonly #format: WeightFormat;
  readonly #layout: WeightsLayout;

  constructor(checkpoint: Checkpoint, format: WeightFormat, file: string) {
    this.#checkpoint = checkpoint;
    this.#format = format;
    this.#layout = new WeightsLayout(file);
  }

  /** Bytes of the weights file. */
  get byteLength(): number {
    return this.#layout.byteLength;
  }

  /** Bytes that are read to write it. */
  get sourceByteLength(): number {
    return this.pieces.reduce((sum, piece) => sum + sourceByteLength(piece), 0);
  }

  floats(key: string, dims: readonly number[], how: FloatSource): ExternalTensor {
    const known = this.floatPlaces.get(key);
    if (known !== undefined) return known;
    const source = how.kind === "table" ? null : this.#checkpoint.tensor(how.name, how.shape);
    const kept = source !== null && dims.length > 1 ? KEPT_TYPES[source.type] : undefined;
    const place = this.#layout.place(kept ?? "float32", dims);
    this.pieces.push({ kind: "floats", key, source, how, place });
    this.floatPlaces.set(key, place);
    return place;
  }

  blocks(name: string, rows: number, columns: number, role: MatrixRole): PlacedMatrix | null {
    const source = this.#checkpoint.tensor(name, [rows, columns]);
    const chosen = this.#choose(source, role);
    if (chosen === null) return null;
    const key = blocksKey(name, role);
    // A table that is also the output projection lies there once, where both have the same form.
    const place = this.#same(key, chosen.format) ?? this.#same(name, chosen.format);
    if (place !== undefined) {
      this.blockPlaces.set(key, place);
      return place;
    }
    const { bits, blockSize, hasOffsets } = chosen.format;
    if (columns % blockSize !== 0) throw notWholeBlocks(source, columns, blockSize);
    const ofBlocks = () => this.#layout.place("float32", [rows, columns / blockSize]);
    const fresh: PlacedMatrix = {
      ...{ bits, blockSize },
      data: this.#layout.place("uint8", [rows, columns * bits / 8]),
      scales: ofBlocks(),
      offsets: hasOffsets ? ofBlocks() : null,
    };
    this.pieces.push({ kind: chosen.kind, key, source, place: fresh });
    this.blockPlaces.set(key, fresh);
    return fresh;
  }

  #same(key: string, format: BlockFormat): PlacedMatrix | undefined {
    const place = this.blockPlaces.get(key);
    return place?.bits === format.bits && place.blockSize === format.blockSize ? place : undefined;
  }

  #choose({ type }: StoredTensor, role: MatrixRole) {
    const format = this.#format;
    if (format.kind === "fp32" || (format.kind === "stored" && isFloatType(type))) return null;
    return format.kind === "stored"
      ? { kind: "repacked" as const, format: repackedFormat(type as QuantizedType) }
      : { kind: "quantized" as const, format: { ...format[role], hasOffsets: false } };
  }
}

/** Bytes that are read to write a piece. */
export function sourceByteLength({ source }: Piece): number {
  return source === null ? 0 : tensorByteLength(source);
}

/** Where the last byte of a piece is followed by the next, in the weights file. */
export function pieceEnd({ kind, place }: Piece): number {
  const last = kind === "floats" ? place : place.offsets ?? place.scales;
  return last.byteOffset + last.byteLength;
}

/** What a matrix in blocks is called in the file's table. */
export function blocksKey(name: string, role: MatrixRole): string {
  return role === "head" ? `${name}.head` : name;
}

function notWholeBlocks({ name, file }: StoredTensor, columns: number, blockSize: number): Failure {
  return new Failure(
    "model-invalid",
    `Cannot store tensor "${name}" of ${file} in blocks of ${blockSize}: its rows have ${columns} values. ` +
      `Choose shorter blocks.`,
    { subject: file },
  );
}
