// Tensors in the memory of an execution provider's device. JavaScript never sees their elements.

import { cString, OutSlot } from "./c_memory.ts";
import { elementCode, type ElementType } from "./element_type.ts";
import { check, create } from "./ort_error.ts";
import type { Runtime } from "./runtime.ts";
import type { Session } from "./session.ts";
import type { BoundValue } from "./tensor.ts";

const DEVICE_ALLOCATOR = 0;
const FIRST_DEVICE = 0;
const DEFAULT_MEMORY = 0;

/** A tensor that stays on the device between runs. Its elements are what the last run left there. */
export class DeviceTensor implements BoundValue, Disposable {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly #runtime: Runtime;
  #value: Deno.PointerObject | null;

  constructor(runtime: Runtime, value: Deno.PointerObject, type: ElementType, dims: readonly number[]) {
    this.#runtime = runtime;
    this.#value = value;
    this.type = type;
    this.dims = dims;
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

/** Memory of the device that a session runs on. Dispose of its tensors first, then of it, then of the session. */
export class DeviceMemory implements Disposable {
  readonly #runtime: Runtime;
  readonly #place: Deno.PointerObject;
  #allocator: Deno.PointerObject | null;

  /**
   * @param name what the execution provider calls its memory
   * @throws OrtError when the session has no such memory
   */
  constructor(runtime: Runtime, session: Session, name: string) {
    const { api } = runtime;
    this.#runtime = runtime;
    this.#place = create(
      api,
      (slot) => api.CreateMemoryInfo(cString(name), DEVICE_ALLOCATOR, FIRST_DEVICE, DEFAULT_MEMORY, slot),
    );
    try {
      this.#allocator = create(api, (slot) => api.CreateAllocator(session.pointer, this.#place, slot));
    } catch (error) {
      api.ReleaseMemoryInfo(this.#place);
      throw error;
    }
  }

  /** Sets memory aside for a tensor. What it holds is not defined until a run has written to it. */
  allocate(type: ElementType, dims: readonly number[]): DeviceTensor {
    if (this.#allocator === null) throw new TypeError("this memory has been disposed of");
    const slot = new OutSlot();
    check(
      this.#runtime.api,
      this.#runtime.api.CreateTensorAsOrtValue(
        this.#allocator,
        BigInt64Array.from(dims, BigInt),
        BigInt(dims.length),
        elementCode(type),
        slot.buffer,
      ),
    );
    return new DeviceTensor(this.#runtime, slot.pointer, type, dims);
  }

  [Symbol.dispose](): void {
    if (this.#allocator === null) return;
    this.#runtime.api.ReleaseAllocator(this.#allocator);
    this.#runtime.api.ReleaseMemoryInfo(this.#place);
    this.#allocator = null;
  }
}
