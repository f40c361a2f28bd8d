// Graph pieces that several networks share: a weight and the operator that uses it. Knows how weights are stored, not
// where they come from.

import type { ExternalTensor, GraphBuilder, Value } from "../graph/graph_builder.ts";
import { elementCode } from "../onnx/element_type.ts";
import type { GraphStyle } from "./graph_style.ts";
import type { FloatSource, MatrixRole, PlacedMatrix, WeightStore } from "./weight_store.ts";

/** Adds layers to a graph. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly #weights: WeightStore;
  readonly style: GraphStyle;
  /** Sums over the blocks of inputs, which several matrices may share. */
  readonly #blockSums = new Map<string, Value>();
  /** Values in the type of the activations, by the float32 value that they were made of. */
  readonly #narrowed = new Map<Value, Value>();
  /** Values as 8-bit integers, by the float32 value that they were made of. */
  readonly #rounded = new Map<Value, { readonly levels: Value; readonly scales: Value }>();

  constructor(graph: GraphBuilder, weights: WeightStore, style: GraphStyle) {
    this.graph = graph;
    this.#weights = weights;
    this.style = style;
  }

  /** A float32 value in the type of the activations. Of a weight, ONNX Runtime converts it once, when it loads the graph. */
  narrow(x: Value): Value {
    const { activations } = this.style;
    if (activations === "float32") return x;
    const known = this.#narrowed.get(x);
    if (known !== undefined) return known;
    const narrowed = this.graph.op("Cast", [x], { to: elementCode(activations) });
    this.#narrowed.set(x, narrowed);
    return narrowed;
  }

  /** A value in the type of the activations as float32. */
  widen(x: Value): Value {
    return this.style.activations === "float32"
      ? x
      : this.graph.op("Cast", [x], { to: elementCode("float32") });
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
    return this.graph.op("MatMul", [x, this.#transposed(name, from, to)]);
  }

  /** x · Wᵀ + b in float32 for a weight [to, from]. */
  linearWithBias(x: Value, name: string, from: number, to: number): Value {
    const product = this.linear(x, `${name}.weight`, from, to);
    return this.graph.op("Add", [product, this.stored(`${name}.bias`, [to])]);
  }

  /** The same with the matrix in the type of the activations; what comes in and out is float32. */
  mixedWithBias(x: Value, name: string, from: number, to: number): Value {
    const matrix = this.#transposed(`${name}.weight`, from, to);
    const product = this.style.visionProducts === "integer"
      ? this.#integerProduct(x, matrix, to)
      : this.widen(this.graph.op("MatMul", [this.narrow(x), this.narrow(matrix)]));
    return this.graph.op("Add", [product, this.stored(`${name}.bias`, [to])]);
  }

  /**
   * Attention of all queries to all keys; float32 [B, queries, heads · size], [B, keys, heads · size] twice, and out as
   * the queries.
   */
  attention(q: Value, k: Value, v: Value, headCount: number, headSize: number): Value {
    const { graph, style } = this;
    switch (style.attention) {
      case "float32":
        return graph.op("MultiHeadAttention", [q, k, v], { num_heads: headCount });
      case "activations": {
        const inputs = [q, k, v].map((x) => this.narrow(x));
        return this.widen(graph.op("MultiHeadAttention", inputs, { num_heads: headCount }));
      }
      case "plain": {
        const heads = (x: Value, perm: number[]) =>
          graph.op("Transpose", [graph.op("Reshape", [x, graph.integers(0, 0, headCount, headSize)])], {
            perm,
          });
        const scale = graph.constant(
          `${headSize}^-0.5`,
          "float32",
          [],
          Float32Array.of(1 / Math.sqrt(headSize)),
        );
        const scaled = graph.op("Mul", [heads(q, [0, 2, 1, 3]), scale]);
        const scores = graph.op("MatMul", [scaled, heads(k, [0, 2, 3, 1])]); // [B, heads, queries, keys]
        const mixed = graph.op("MatMul", [
          graph.op("Softmax", [scores], { axis: -1 }),
          heads(v, [0, 2, 1, 3]),
        ]);
        const together = graph.op("Transpose", [mixed], { perm: [0, 2, 1, 3] });
        return graph.op("Reshape", [together, graph.integers(0, 0, headCount * headSize)]);
      }
    }
  }

  /** x · Wᵀ for a weight [to, from] of the decoder, in the form that it is stored in and the type of the activations. */
  projection(x: Value, name: string, from: number, to: number): Value {
    return this.#inBlocks(x, name, from, to, "linear") ??
      this.graph.op("MatMul", [x, this.narrow(this.#transposed(name, from, to))]);
  }

  /** Rows of an embedding table [count, size] by index [1, T], in the type of the activations: [T, size]. */
  embedding(ids: Value, name: string, count: number, size: number): Value {
    const { graph } = this;
    const matrix = this.#weights.blocks(name, count, size, "embedding");
    if (matrix === null) {
      const place = this.#weights.floats(name, [count, size], { kind: "stored", name, shape: [count, size] });
      const table = this.#put(name, place);
      const rows = this.style.tables === "stored"
        ? this.narrow(this.#toFloat32(graph.op("Gather", [table, ids], { axis: 0 }), place))
        : graph.op("Gather", [this.narrow(this.#toFloat32(table, place)), ids], { axis: 0 });
      return graph.op("Squeeze", [rows, graph.integers(0)]);
    }
    const { bits, blockSize, offsets } = matrix;
    const data = this.#put(`${name}.rows`, matrix.data, [count, size * bits / 8]);
    const scales = this.narrow(this.#put(`${name}.row_scales`, matrix.scales));
    const blockDims = graph.integers(-1, size / blockSize, blockSize);
    /** One number for each block of the rows asked for, to be used with all values of the block. */
    const perBlock = (table: Value) => {
      const rows = graph.op("Gather", [table, ids], { axis: 0 }); // [1, T, blocks]
      return graph.op("Reshape", [rows, graph.integers(-1, size / blockSize, 1)]);
    };
    let blocks: Value; // [T, blocks, blockSize]
    if (this.style.blockGather === "operator") {
      const rows = graph.op("GatherBlockQuantized", [data, ids, scales], {
        ...{ bits, block_size: blockSize, gather_axis: 0, quantize_axis: 1 },
      });
      blocks = graph.op("Reshape", [rows, blockDims]);
    } else {
      if (bits !== 8) throw new RangeError(`tables of ${bits} bits need an operator of their own`);
      const codes = graph.op("Reshape", [graph.op("Gather", [data, ids], { axis: 0 }), blockDims]);
      const middle = this.narrow(graph.constant("middle", "float32", [], Float32Array.of(128)));
      const typed = graph.op("Cast", [codes], { to: elementCode(this.style.activations) });
      blocks = graph.op("Mul", [graph.op("Sub", [typed, middle]), perBlock(scales)]);
    }
    if (offsets !== null) {
      blocks = graph.op("Add", [blocks, perBlock(this.narrow(this.#put(`${name}.row_offsets`, offsets)))]);
    }
    return graph.op("Reshape", [blocks, graph.integers(-1, size)]);
  }

  /**
   * Logits of rows x [rows, from], float32: x · Wᵀ with the output projection, or the embedding table where they are
   * tied.
   */
  head(x: Value, name: string, from: number, to: number): Value {
    const logits = this.#inBlocks(x, name, from, to, "head") ??
      // Not transposed in the file, so that tied weights lie there once.
      this.graph.op("Gemm", [x, this.narrow(this.stored(name, [to, from]))], { transB: 1 });
    return this.widen(logits);
  }

  #inBlocks(x: Value, name: string, from: number, to: number, role: MatrixRole): Value | null {
    const matrix = this.#weights.blocks(name, to, from, role);
    if (matrix === null) return null;
    const { bits, blockSize, offsets } = matrix;
    const data = this.#put(`${name}.blocks`, matrix.data, [to, from / blockSize, blockSize * bits / 8]);
    const product = this.graph.op(
      "MatMulNBits",
      [x, data, this.narrow(this.#put(`${name}.scales`, matrix.scales))],
      { K: from, N: to, bits, block_size: blockSize, accuracy_level: this.style.accuracyLevel },
    );
    if (offsets === null) return product;
    const correction = this.graph.op(
      "Gemm",
      [this.#sumBlocks(x, from, matrix), this.narrow(this.#put(`${name}.offsets`, offsets))],
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

  /**
   * x · M in 8-bit integers for a float32 constant M [from, to]. ONNX Runtime rounds the constant once, when it loads the
   * graph. The largest of a column, and of each row of x, is put at 127.
   */
  #integerProduct(x: Value, matrix: Value, to: number): Value {
    const { graph } = this;
    const one = graph.constant("one", "float32", [], Float32Array.of(1));
    const middle = graph.constant("middle code", "uint8", [], Uint8Array.of(128));
    const columnScales = this.#scales(matrix, 0, 0);
    const zeros = graph.constant(`zeros ${to}`, "int8", [to], new Int8Array(to));
    const codes = graph.op("QuantizeLinear", [matrix, columnScales, zeros], { axis: 1 });
    let rounded = this.#rounded.get(x);
    if (rounded === undefined) {
      const scales = this.#scales(x, -1, 1);
      const levels = graph.op("QuantizeLinear", [graph.op("Div", [x, scales]), one, middle]);
      rounded = { levels, scales };
      this.#rounded.set(x, rounded);
    }
    const product = graph.op("MatMulIntegerToFloat", [rounded.levels, codes, one, columnScales, middle]);
    return graph.op("Mul", [product, rounded.scales]);
  }

  /** Along an axis, the 127th part of the largest magnitude; never zero. */
  #scales(x: Value, axis: number, keepdims: 0 | 1): Value {
    const { graph } = this;
    const peaks = graph.op("ReduceMax", [graph.op("Abs", [x]), graph.integers(axis)], { keepdims });
    const share = graph.constant("1/127", "float32", [], Float32Array.of(1 / 127));
    const least = graph.constant("least scale", "float32", [], Float32Array.of(1e-30));
    return graph.op("Max", [graph.op("Mul", [peaks, share]), least]);
  }

  #transposed(name: string, from: number, to: number): Value {
    return this.#floats(`${name}ᵀ`, [from, to], { kind: "transposed", name, shape: [to, from] });
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
