// Graph pieces that several networks share: a weight of the checkpoint and the operator that uses it.

import { breathe } from "../breathe.ts";
import type { Weights } from "../checkpoint/safetensors.ts";
import type { ExternalTensor, GraphBuilder, Value } from "../graph/graph_builder.ts";
import type { WeightsFile } from "../graph/weights_file.ts";
import { type BlockFormat, quantizeBlocks } from "./quantize.ts";

/** How the decoder's matrices are stored. */
export type WeightFormat =
  | { readonly kind: "fp32" }
  | {
    readonly kind: "blocks";
    readonly linear: BlockFormat;
    readonly embedding: BlockFormat;
    readonly head: BlockFormat;
    /** 0 computes with float32 activations; 4 with int8 ones, faster and less exact. */
    readonly accuracyLevel: 0 | 4;
  };

/** Adds layers to a graph, moving their weights from the checkpoint to the weights file one at a time. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly #weights: Weights;
  readonly #file: WeightsFile;
  readonly #signal: AbortSignal | undefined;
  /** Weights that are in the file already, such as a table that is also the output projection. */
  readonly #placed = new Map<string, Value>();

  constructor(graph: GraphBuilder, weights: Weights, file: WeightsFile, signal?: AbortSignal) {
    this.graph = graph;
    this.#weights = weights;
    this.#file = file;
    this.#signal = signal;
  }

  /** A tensor as the checkpoint has it. */
  async stored(name: string, shape: readonly number[], dims = shape): Promise<Value> {
    const placed = this.#placed.get(name);
    if (placed !== undefined) return placed;
    const value = this.#put(name, await this.#file.append("float32", dims, await this.#read(name, shape)));
    this.#placed.set(name, value);
    return value;
  }

  /** Part of a vector or of a matrix's rows. */
  async rows(name: string, shape: readonly number[], from: number, to: number): Promise<Value> {
    const values = await this.#read(name, shape);
    const width = values.length / (shape[0] as number);
    const part = values.slice(from * width, to * width);
    return this.#put(
      `${name}[${from}:${to}]`,
      await this.#file.append("float32", [to - from, ...shape.slice(1)], part),
    );
  }

  /** A computed table. */
  async table(name: string, dims: readonly number[], data: Float32Array<ArrayBuffer>): Promise<Value> {
    return this.#put(name, await this.#file.append("float32", dims, data));
  }

  /** LayerNorm over the last axis. */
  async layerNorm(x: Value, name: string, size: number, epsilon: number): Promise<Value> {
    const weight = await this.stored(`${name}.weight`, [size]);
    const bias = await this.stored(`${name}.bias`, [size]);
    return this.graph.op("LayerNormalization", [x, weight, bias], { axis: -1, epsilon: { float: epsilon } });
  }

  /** x · Wᵀ for a weight [to, from]. */
  async linear(
    x: Value,
    name: string,
    from: number,
    to: number,
    format: WeightFormat = { kind: "fp32" },
  ): Promise<Value> {
    const values = await this.#read(name, [to, from]);
    if (format.kind === "blocks") {
      return this.#blockLinear(x, name, values, from, to, format.linear, format.accuracyLevel);
    }
    const weight = await this.#file.append(
      "float32",
      [from, to],
      await transpose(values, to, from, this.#signal),
    );
    return this.graph.op("MatMul", [x, this.#put(`${name}ᵀ`, weight)]);
  }

  /** x · Wᵀ + b for a weight [to, from]. */
  async linearWithBias(x: Value, name: string, from: number, to: number): Promise<Value> {
    const product = await this.linear(x, `${name}.weight`, from, to);
    return this.graph.op("Add", [product, await this.stored(`${name}.bias`, [to])]);
  }

  /** Rows of an embedding table [count, size] by index. */
  async embedding(
    ids: Value,
    name: string,
    count: number,
    size: number,
    format: WeightFormat,
  ): Promise<Value> {
    if (format.kind === "fp32") {
      return this.graph.op("Gather", [await this.stored(name, [count, size]), ids], { axis: 0 });
    }
    const { bits, blockSize } = format.embedding;
    const values = await this.#read(name, [count, size]);
    const quantized = await quantizeBlocks(values, count, size, format.embedding, this.#signal);
    const data = await this.#file.append("uint8", [count, size * bits / 8], quantized.data);
    const scales = await this.#file.append("float32", [count, size / blockSize], quantized.scales);
    return this.graph.op(
      "GatherBlockQuantized",
      [this.#put(`${name}.rows`, data), ids, this.#put(`${name}.row_scales`, scales)],
      { bits, block_size: blockSize, gather_axis: 0, quantize_axis: 1 },
    );
  }

  /** Logits of rows x [rows, from]: x · Wᵀ with the output projection, or the embedding table where they are tied. */
  async head(x: Value, name: string, from: number, to: number, format: WeightFormat): Promise<Value> {
    if (format.kind === "blocks") {
      const values = await this.#read(name, [to, from]);
      return this.#blockLinear(x, `${name}.head`, values, from, to, format.head, format.accuracyLevel);
    }
    // Not transposed in the file, so that tied weights lie there once.
    return this.graph.op("Gemm", [x, await this.stored(name, [to, from])], { transB: 1 });
  }

  async #blockLinear(
    x: Value,
    name: string,
    values: Float32Array,
    from: number,
    to: number,
    { bits, blockSize }: BlockFormat,
    accuracyLevel: number,
  ): Promise<Value> {
    const quantized = await quantizeBlocks(values, to, from, { bits, blockSize }, this.#signal);
    const blocks = from / blockSize;
    const data = await this.#file.append("uint8", [to, blocks, blockSize * bits / 8], quantized.data);
    const scales = await this.#file.append("float32", [to, blocks], quantized.scales);
    return this.graph.op(
      "MatMulNBits",
      [x, this.#put(`${name}.blocks`, data), this.#put(`${name}.scales`, scales)],
      { K: from, N: to, bits, block_size: blockSize, accuracy_level: accuracyLevel },
    );
  }

  #put(name: string, tensor: ExternalTensor): Value {
    return this.graph.weight(name, tensor);
  }

  #read(name: string, shape: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    this.#signal?.throwIfAborted();
    return this.#weights.read(name, shape);
  }
}

async function transpose(
  values: Float32Array,
  rows: number,
  columns: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array<ArrayBuffer>> {
  const result = new Float32Array(values.length);
  const pause = breathe(signal);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column] as number;
    }
    if (pause.isDue) await pause.now();
  }
  return result;
}
