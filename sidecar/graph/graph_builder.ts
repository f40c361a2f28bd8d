// Writes ONNX graphs. Knows operators and tensors, nothing of any model.

import { elementCode, type ElementType } from "../onnx/element_type.ts";
import { ATTRIBUTE_TYPE, encodeModel, EXTERNAL_LOCATION } from "./onnx_schema.ts";

/** Newest operator set with kernels on all execution providers of ONNX Runtime 1.30. */
const OPSET_VERSION = 21;
const IR_VERSION = 10;
/** Domain of ONNX Runtime's own operators (MatMulNBits, GroupQueryAttention, …). */
const MICROSOFT = "com.microsoft";
const MICROSOFT_OPS = new Set([
  "FusedMatMul",
  "GatherBlockQuantized",
  "GroupQueryAttention",
  "MatMulIntegerToFloat",
  "MatMulNBits",
  "MultiHeadAttention",
  "QuickGelu",
  "SkipLayerNormalization",
  "SkipSimplifiedLayerNormalization",
]);

/** A value of an attribute; a JavaScript number is an ONNX integer, `{ float }` an ONNX float. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** A tensor in a file of the external-data folder. */
export interface ExternalTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** File name relative to the folder. */
  readonly file: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** The name of a value in the graph. */
export type Value = string;

/** Collects inputs, operators, weights and outputs, and serialises them. */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: object[] = [];
  readonly #initializers = new Map<string, object>();
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];
  readonly #used = new Map<string, number>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares an input; a string in `dims` names a free dimension. */
  input(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Declares that the graph returns `value` under its own name. */
  output(value: Value, type: ElementType, dims: readonly (number | string)[]): void {
    this.#outputs.push(valueInfo(value, type, dims));
  }

  /** A small tensor kept in the graph itself. Adding the same name again returns the first one. */
  constant(
    name: string,
    type: ElementType,
    dims: readonly number[],
    data: ArrayBufferView<ArrayBuffer>,
  ): Value {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (!this.#initializers.has(name)) {
      this.#initializers.set(name, { name, dims, dataType: elementCode(type), rawData });
    }
    return name;
  }

  /** A list of integers for operators that take shapes or axes as an input. */
  integers(...values: number[]): Value {
    return this.constant(
      `integers(${values.join(",")})`,
      "int64",
      [values.length],
      BigInt64Array.from(values, BigInt),
    );
  }

  /** A tensor that lies in the external-data folder. Adding the same name again returns the first one. */
  weight(name: string, tensor: ExternalTensor): Value {
    if (!this.#initializers.has(name)) {
      this.#initializers.set(name, {
        name,
        dims: tensor.dims,
        dataType: elementCode(tensor.type),
        dataLocation: EXTERNAL_LOCATION,
        externalData: [
          { key: "location", value: tensor.file },
          { key: "offset", value: String(tensor.byteOffset) },
          { key: "length", value: String(tensor.byteLength) },
        ],
      });
    }
    return name;
  }

  /** Adds an operator with one output and returns it. An empty name leaves out an optional input. */
  op(type: string, inputs: readonly Value[], attributes: Record<string, Attribute> = {}): Value {
    const output = this.#unique(type);
    this.node(type, inputs, [output], attributes);
    return output;
  }

  /** Adds an operator whose outputs have the given names. */
  node(
    type: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: Record<string, Attribute> = {},
  ): void {
    this.#nodes.push({
      name: `${type}:${outputs[0]}`,
      opType: type,
      domain: MICROSOFT_OPS.has(type) ? MICROSOFT : "",
      input: inputs,
      output: outputs,
      attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
    });
  }

  /** The graph as the bytes of an ONNX model. */
  build(): Uint8Array<ArrayBuffer> {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: "sightline",
      opsetImport: [{ domain: "", version: OPSET_VERSION }, { domain: MICROSOFT, version: 1 }],
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: [...this.#initializers.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    });
  }

  #unique(stem: string): string {
    const count = this.#used.get(stem) ?? 0;
    this.#used.set(stem, count + 1);
    return `${stem}_${count}`;
  }
}

function encodeAttribute(name: string, value: Attribute): object {
  if (typeof value === "number") return { name, i: value, type: ATTRIBUTE_TYPE.int };
  if (typeof value === "string") {
    return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPE.string };
  }
  if ("float" in value) return { name, f: value.float, type: ATTRIBUTE_TYPE.float };
  return { name, ints: value, type: ATTRIBUTE_TYPE.ints };
}

function valueInfo(name: string, type: ElementType, dims: readonly (number | string)[]): object {
  const dim = dims.map((d) => typeof d === "number" ? { dimValue: d } : { dimParam: d });
  return { name, type: { tensorType: { elemType: elementCode(type), shape: { dim } } } };
}
