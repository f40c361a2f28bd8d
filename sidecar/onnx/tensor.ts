import type { Runtime } from "./runtime.ts";
import { OutSlot } from "./c_memory.ts";
import {
  allocate,
  type ElementArray,
  elementCode,
  type ElementType,
  elementTypeOf,
  elementView,
} from "./element_type.ts";
import { check } from "./ort_error.ts";

/** Element type and shape of a session's input or output. */
export interface TensorSpec {
  readonly name: string;
  readonly type: ElementType;
  /** A number, or the name of a free dimension ("" when it has none). */
  readonly dims: readonly (number | string)[];
}

/** Something with elements of a type that a run can be bound to, wherever it lies. */
export interface BoundValue {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** The native value. */
  readonly value: Deno.PointerObject;
}

/** An `OrtValue` over memory in this process. Free it with `dispose`; a session may still hold its data. */
export class Tensor<T extends ElementType = ElementType> implements BoundValue, Disposable {
  readonly type: T;
  readonly dims: readonly number[];
  /** The elements, row-major. Writing here changes what the next run reads. */
  readonly data: ElementArray<T>;
  readonly #runtime: Runtime;
  #value: Deno.PointerObject | null;

  private constructor(
    runtime: Runtime,
    value: Deno.PointerObject,
    type: T,
    dims: readonly number[],
    data: ElementArray<T>,
  ) {
    this.#runtime = runtime;
    this.#value = value;
    this.type = type;
    this.dims = dims;
    this.data = data;
  }

  /**
   * A tensor that shares memory with a typed array.
   * @throws RangeError when the array's length is not the product of `dims`
   */
  static over<T extends ElementType>(
    runtime: Runtime,
    type: T,
    data: ElementArray<T>,
    dims: readonly number[],
  ): Tensor<T> {
    const count = dims.reduce((product, dim) => product * dim, 1);
    if (count !== data.length || dims.some((dim) => !Number.isInteger(dim) || dim < 0)) {
      throw new RangeError(`shape [${dims.join(", ")}] does not fit ${data.length} elements of ${type}`);
    }
    // V8 keeps short typed arrays inside the moving heap until their buffer is asked for.
    const stable = elementView(type, data.buffer as ArrayBuffer, data.byteOffset, data.length);
    // An empty array has no address, but the C API wants one.
    const bytes = stable.byteLength > 0
      ? new Uint8Array(stable.buffer, stable.byteOffset, stable.byteLength)
      : new Uint8Array(new ArrayBuffer(8));
    const slot = new OutSlot();
    check(
      runtime.api,
      runtime.api.CreateTensorWithDataAsOrtValue(
        runtime.cpuMemory,
        bytes,
        BigInt(stable.byteLength),
        BigInt64Array.from(dims, BigInt),
        BigInt(dims.length),
        elementCode(type),
        slot.buffer,
      ),
    );
    return new Tensor(runtime, slot.pointer, type, [...dims], stable);
  }

  /**
   * Copies the elements of a value that ONNX Runtime allocated into JavaScript memory. The value stays the caller's.
   * @throws TypeError when the value's elements are of a type this layer does not carry
   */
  static copyOf(runtime: Runtime, value: Deno.PointerObject): Tensor {
    const { type, dims } = describeValue(runtime, value);
    const count = dims.reduce((product, dim) => product * dim, 1);
    const slot = new OutSlot();
    check(runtime.api, runtime.api.GetTensorMutableData(value, slot.buffer));
    const copy = allocate(type, count);
    if (copy.byteLength > 0) Deno.UnsafePointerView.copyInto(slot.pointer, copy as Uint8Array<ArrayBuffer>);
    return Tensor.over(runtime, type, copy, dims);
  }

  /** The native value. Throws a TypeError after `dispose`. */
  get value(): Deno.PointerObject {
    if (this.#value === null) throw new TypeError("this tensor has been disposed of");
    return this.#value;
  }

  [Symbol.dispose](): void {
    if (this.#value === null) return;
    this.#runtime.api.ReleaseValue(this.#value);
    this.#value = null;
  }
}

function describeValue(runtime: Runtime, value: Deno.PointerObject) {
  const slot = new OutSlot();
  check(runtime.api, runtime.api.GetTensorTypeAndShape(value, slot.buffer));
  const info = slot.pointer;
  try {
    const { type, dims } = readTypeAndShape(runtime, info);
    return { type, dims: dims as number[] };
  } finally {
    runtime.api.ReleaseTensorTypeAndShapeInfo(info);
  }
}

/**
 * Reads an `OrtTensorTypeAndShapeInfo`; free dimensions come as -1.
 * @throws TypeError when the elements are of a type this layer does not carry
 */
export function readTypeAndShape(
  { api }: Runtime,
  info: Deno.PointerObject,
): { type: ElementType; dims: number[] } {
  const code = new OutSlot();
  check(api, api.GetTensorElementType(info, code.buffer));
  const type = elementTypeOf(code.integer);
  if (type === undefined) {
    throw new TypeError(`tensors with ONNX element type ${code.integer} are not supported`);
  }
  const rank = new OutSlot();
  check(api, api.GetDimensionsCount(info, rank.buffer));
  const dims = new BigInt64Array(new ArrayBuffer(Math.max(rank.integer, 1) * 8));
  check(api, api.GetDimensions(info, dims, BigInt(rank.integer)));
  return { type, dims: Array.from(dims.subarray(0, rank.integer), Number) };
}
