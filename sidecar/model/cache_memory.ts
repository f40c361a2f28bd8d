// Where the parts of a KV cache lie, and how one moves to a larger place: in this process, or on the device that the
// decoder runs on.

import { GraphBuilder } from "../graph/graph_builder.ts";
import { DeviceMemory } from "../onnx/device_memory.ts";
import { allocate, type ElementType } from "../onnx/element_type.ts";
import type { ExecutionProvider } from "../onnx/execution_provider.ts";
import type { Runtime } from "../onnx/runtime.ts";
import { Session } from "../onnx/session.ts";
import { type BoundValue, Tensor } from "../onnx/tensor.ts";
import { sessionOptionsFor } from "./device.ts";

/** A key or value of one layer, [1, key-value heads, capacity, head size]. */
export type CachePart = BoundValue & Disposable;

/** Memory for the parts of a KV cache. */
export interface CacheMemory extends Disposable {
  /** A part with nothing in it. */
  allocate(dims: readonly number[]): CachePart;
  /** A copy of a part with room for more tokens. */
  grow(part: CachePart, capacity: number): Promise<CachePart>;
}

/** Memory of this process. */
export class HostCacheMemory implements CacheMemory {
  readonly #runtime: Runtime;
  readonly #type: ElementType;

  constructor(runtime: Runtime, type: ElementType) {
    this.#runtime = runtime;
    this.#type = type;
  }

  allocate(dims: readonly number[]): Tensor {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return Tensor.over(this.#runtime, this.#type, allocate(this.#type, count), dims);
  }

  grow(part: CachePart, capacity: number): Promise<Tensor> {
    const from = part as Tensor;
    const [batch, heads, before, size] = from.dims as [number, number, number, number];
    const to = this.allocate([batch, heads, capacity, size]);
    for (let head = 0; head < heads; head++) {
      const rows = from.data.subarray(head * before * size, (head + 1) * before * size);
      (to.data as Float32Array).set(rows as Float32Array, head * capacity * size);
    }
    return Promise.resolve(to);
  }

  [Symbol.dispose](): void {}
}

/** Memory of a device. There is no way to copy rows within it but a graph. */
export class DeviceCacheMemory implements CacheMemory {
  readonly #runtime: Runtime;
  readonly #memory: DeviceMemory;
  readonly #padding: Session;
  readonly #type: ElementType;

  private constructor(runtime: Runtime, memory: DeviceMemory, padding: Session, type: ElementType) {
    this.#runtime = runtime;
    this.#memory = memory;
    this.#padding = padding;
    this.#type = type;
  }

  /** @throws ProviderError or OrtError when the device cannot be used */
  static async open(
    runtime: Runtime,
    provider: ExecutionProvider & { readonly memory: string },
    type: ElementType,
  ): Promise<DeviceCacheMemory> {
    const graph = new GraphBuilder("padding");
    const before = graph.input("before", type, [1, "heads", "capacity", "size"]);
    const pads = graph.input("pads", "int64", [8]);
    graph.node("Pad", [before, pads], ["after"]);
    graph.output("after", type, [1, "heads", "larger", "size"]);
    const padding = await Session.create(runtime, graph.build(), sessionOptionsFor(provider));
    try {
      return new DeviceCacheMemory(
        runtime,
        new DeviceMemory(runtime, padding, provider.memory),
        padding,
        type,
      );
    } catch (error) {
      padding[Symbol.dispose]();
      throw error;
    }
  }

  allocate(dims: readonly number[]): CachePart {
    return this.#memory.allocate(this.#type, dims);
  }

  async grow(part: CachePart, capacity: number): Promise<CachePart> {
    const [batch, heads, before, size] = part.dims as [number, number, number, number];
    const larger = this.allocate([batch, heads, capacity, size]);
    const ends = [0, 0, capacity - before, 0];
    using pads = Tensor.over(this.#runtime, "int64", BigInt64Array.from([0, 0, 0, 0, ...ends], BigInt), [8]);
    using binding = this.#padding.bind().input("before", part).input("pads", pads).output("after", larger);
    await this.#padding.run(binding);
    return larger;
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
    this.#padding[Symbol.dispose]();
  }
}
