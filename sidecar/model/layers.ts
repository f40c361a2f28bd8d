// Graph pieces that several networks share: a weight and the operator that uses it. Knows how weights are stored, not
// where they come from.

import type { ExternalTensor, GraphBuilder, Value } from "../graph/graph_builder.ts";
import { elementCode } from "../onnx/element_type.ts";
import type { FloatSource, MatrixRole, PlacedMatrix, WeightStore } from "./weight_store.ts";

/**
 * How matrices in blocks are multiplied: 0 with float32 activations, 4 with activations rounded to 8 bits, which is
 * faster and less exact.
 */
export type AccuracyLevel = 0 | 4;

/** Adds layers to a graph. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly #weights: WeightStore;
  readonly #accuracyLevel: AccuracyLevel;
  /** Sums over the blocks of inputs, which several matrices may share. */
  readonly #blockSums = new Map<string, Value>();

  constructor(graph: GraphBuilder, weights: WeightStore, accuracyLevel: AccuracyLevel) {
    this.graph = graph;
    this.#weights = weights;
    this.#accuracyLevel = accuracyLevel;
  }

  /** A tensor as the checkpoint has it. */
  stored(name: string, shape: readonly number[], dims = shape): Value {
    return this.#floats(name, dims, { kind: "stored", name, shape });
  }

  /** Part of a vector or of a matrix's rows. */
  rows(name: string, shape: readonly number[], from: number, to: number): Value {
    const source = { kind: "rows", name, shape, from, to } as const;
    return this.#floats(`${name}[${from}:${to}]`, [to - from, ...shape.slice(1)], source);
  }

  /** A computed table. */
  table(name: string, dims: readonly number[], compute: () => Float32Array<ArrayBuffer>): Value {
    return this.#floats(name, dims, { kind: "table", compute });
  }

  /** LayerNorm over the last axis. */
  layerNorm(x: Value, name: string, size: number, epsilon: number): Value {
    const weight = this.stored(`${name}.weight`, [size]);
    const bias = this.stored(`${name}.bias`, [size]);
    return this.graph.op("LayerNormalization", [x, weight, bias], { axis: -1, epsilon: { float: epsilon } });
  }

  /** x · Wᵀ in float32 for a weight [to, from]. */
  linear(x: Value, name: string, from: number, to: number): Value {
    const source = { kind: "transposed", name, shape: [to, from] } as const;
    return this.graph.op("MatMul", [x, this.#floats(`${name}ᵀ`, [from, to], source)]);
  }

  /** x · Wᵀ + b in float32 for a weight [to, from]. */
  linearWithBias(x: Value, name: string, from: number, to: number): Value {
    const product = this.linear(x, `${name}.weight`, from, to);
    return this.graph.op("Add", [product, this.stored(`${name}.bias`, [to])]);
  }

  /** x · Wᵀ for a weight [to, from] of the decoder, in the form that it is stored in. */
  projection(x: Value, name: string, from: number, to: number): Value {
    return this.#inBlocks(x, name, from, to, "linear") ?? this.linear(x, name, from, to);
  }

  /** Rows of an embedding table [count, size] by index. */
  embedding(ids: Value, name: string, count: number, size: number): Value {
    const matrix = this.#weights.blocks(name, count, size, "embedding");
    if (matrix === null) {
      const place = this.#weights.floats(name, [count, size], { kind: "stored", name, shape: [count, size] });
      return this.#toFloat32(this.graph.op("Gather", [this.#put(name, place), ids], { axis: 0 }), place);
    }
    const { bits, blockSize, offsets } = matrix;
    const data = this.#put(`${name}.rows`, matrix.data, [count, size * bits / 8]);
    const rows = this.graph.op(
      "GatherBlockQuantized",
      [data, ids, this.#put(`${name}.row_scales`, matrix.scales)],
      { bits, block_size: blockSize, gather_axis: 0, quantize_axis: 1 },
    ); // [T, size]
    if (offsets === null) return rows;
    const { graph } = this;
    const added = graph.op("Gather", [this.#put(`${name}.row_offsets`, offsets), ids], { axis: 0 });
    const blocks = graph.op("Reshape", [rows, graph.integers(-1, size / blockSize, blockSize)]);
    const sum = graph.op("Add", [blocks, graph.op("Unsqueeze", [added, graph.integers(2)])]);
    return graph.op("Reshape", [sum, graph.integers(-1, size)]);
  }

  /** Logits of rows x [rows, from]: x · Wᵀ with the output projection, or the embedding table where they are tied. */
  head(x: Value, name: string, from: number, to: number): Value {
    return this.#inBlocks(x, name, from, to, "head") ??
      // Not transposed in the file, so that tied weights lie there once.
      this.graph.op("Gemm", [x, this.stored(name, [to, from])], { transB: 1 });
  }

  #inBlocks(x: Value, name: string, from: number, to: number, role: MatrixRole): Value | null {
    const matrix = this.#weights.blocks(name, to, from, role);
    if (matrix === null) return null;
    const { bits, blockSize, offsets } = matrix;
    const data = this.#put(`${name}.blocks`, matrix.data, [to, from / blockSize, blockSize * bits / 8]);
    const product = this.graph.op(
      "MatMulNBits",
      [x, data, this.#put(`${name}.scales`, matrix.scales)],
      { K: from, N: to, bits, block_size: blockSize, accuracy_level: this.#accuracyLevel },
    );
    if (offsets === null) return product;
    const correction = this.graph.op(
      "Gemm",
      [this.#sumBlocks(x, from, matrix), this.#put(`${name}.offsets`, offsets)],
      { transB: 1 },
    ); // [T, to], to be added to each batch of the product: there is one.
    return this.graph.op("Add", [product, correction]);
  }

  /** Sums of an input's values over each block, [T, blocks]: what a block's offset is multiplied by. */
  #sumBlocks(x: Value, from: number, { blockSize }: PlacedMatrix): Value {
    const key = `${x}/${blockSize}`;
    const known = this.#blockSums.get(key);
    if (known !== undefined) return known;
    const { graph } = this;
    const blocks = graph.op("Reshape", [x, graph.integers(-1, from / blockSize, blockSize)]);
    const sums = graph.op("ReduceSum", [blocks, graph.integers(2)], { keepdims: 0 });
    this.#blockSums.set(key, sums);
    return sums;
  }

  #floats(key: string, dims: readonly number[], source: FloatSource): Value {
    const place = this.#weights.floats(key, dims, source);
    return this.#toFloat32(this.#put(key, place), place);
  }

  /** What is computed with: ONNX Runtime converts a weight once, when it loads the graph. */
  #toFloat32(value: Value, { type }: ExternalTensor): Value {
    return type === "float32" ? value : this.graph.op("Cast", [value], { to: elementCode("float32") });
  }

  #put(name: string, place: ExternalTensor, dims = place.dims): Value {
    return this.graph.weight(name, { ...place, dims });
  }
}
