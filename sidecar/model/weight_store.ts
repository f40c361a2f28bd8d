// What a graph asks for when it needs a weight: a place in the weights file. Whether the weight lies there already, or
// is only going to be written there, the graph does not know.

import type { ExternalTensor } from "../graph/graph_builder.ts";
import type { BlockFormat } from "./quantize.ts";

/** Where the numbers of a float tensor come from. */
export type FloatSource =
  /** A tensor of the checkpoint, as it is. */
  | { readonly kind: "stored"; readonly name: string; readonly shape: readonly number[] }
  /** Rows `from`..`to` of one. */
  | {
    readonly kind: "rows";
    readonly name: string;
    readonly shape: readonly number[];
    readonly from: number;
    readonly to: number;
  }
  /** A matrix with rows and columns exchanged. */
  | { readonly kind: "transposed"; readonly name: string; readonly shape: readonly [number, number] }
  | { readonly kind: "table"; readonly compute: () => Float32Array<ArrayBuffer> };

/** What a matrix of the decoder is for; how it is stored may differ by that. */
export type MatrixRole = "linear" | "embedding" | "head";

/** A matrix [rows, columns] in blocks. */
export interface PlacedMatrix extends BlockFormat {
  /** Codes, rows · columns · bits / 8 bytes. */
  readonly data: ExternalTensor;
  /** [rows, columns / blockSize] float32. */
  readonly scales: ExternalTensor;
  /** Of the same dimensions, to be added to each value of a block; null for nothing. */
  readonly offsets: ExternalTensor | null;
}

/** The weights that graphs are built over. */
export interface WeightStore {
  /**
   * Place of a float tensor: float32, or of 16 bits where the checkpoint has no more.
   * @param key what the graph calls it
   * @throws Failure "model-invalid" when the checkpoint has no such tensor, or not of that shape
   */
  floats(key: string, dims: readonly number[], source: FloatSource): ExternalTensor;
  /**
   * Place of a matrix of the decoder, where it is stored in blocks; null where it is to be had by {@link floats}.
   * @throws Failure "model-invalid" as above
   */
  blocks(name: string, rows: number, columns: number, role: MatrixRole): PlacedMatrix | null;
}
