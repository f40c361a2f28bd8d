import { cString, OutSlot } from "./c_memory.ts";
import { check, create } from "./ort_error.ts";
import type { Runtime } from "./runtime.ts";
import { type BoundValue, Tensor } from "./tensor.ts";

/** The names a session knows. */
export interface BoundNames {
  readonly input: ReadonlySet<string>;
  readonly output: ReadonlySet<string>;
}

/**
 * Which tensors a run reads and writes. Binding the same tensor as an input and an output lets the
 * model update it in place, as a KV cache does. The tensors stay the caller's to dispose of, after
 * the binding.
 */
export class IoBinding implements Disposable {
  readonly #runtime: Runtime;
  readonly #names: BoundNames;
  /** Keeps bound memory from being collected while ONNX Runtime holds its address. */
  readonly #bound = new Map<string, BoundValue>();
  #binding: Deno.PointerObject | null;
  #isInUse = false;

  constructor(runtime: Runtime, session: Deno.PointerObject, names: BoundNames) {
    this.#runtime = runtime;
    this.#names = names;
    this.#binding = create(runtime.api, (slot) => runtime.api.CreateIoBinding(session, slot));
  }

  /**
   * Binds an input. For a device its elements are copied there now: bind it again after writing to it.
   * Throws a RangeError when the model has no input of that name.
   */
  input(name: string, tensor: BoundValue): this {
    this.#require("input", name);
    const { api } = this.#runtime;
    check(api, api.BindInput(this.pointer, cString(name), tensor.value));
    this.#bound.set(`input ${name}`, tensor);
    return this;
  }

  /** Binds an output to memory of its exact shape. Throws a RangeError for an unknown name. */
  output(name: string, tensor: BoundValue): this {
    this.#require("output", name);
    const { api } = this.#runtime;
    check(api, api.BindOutput(this.pointer, cString(name), tensor.value));
    this.#bound.set(`output ${name}`, tensor);
    return this;
  }

  /** Lets ONNX Runtime allocate an output in CPU memory; read it with {@link takeOutputs}. */
  allocateOutput(name: string): this {
    this.#require("output", name);
    const { api, cpuMemory } = this.#runtime;
    check(api, api.BindOutputToDevice(this.pointer, cString(name), cpuMemory));
    this.#bound.delete(`output ${name}`);
    return this;
  }

  /** Copies of all bound outputs after a run, in the order in which they were bound. */
  takeOutputs(): Tensor[] {
    const { api } = this.#runtime;
    const allocator = create(api, (slot) => api.GetAllocatorWithDefaultOptions(slot));
    const values = new OutSlot();
    const count = new OutSlot();
    check(api, api.GetBoundOutputValues(this.pointer, allocator, values.buffer, count.buffer));
    if (count.integer === 0) return [];
    const list = new Deno.UnsafePointerView(values.pointer);
    const pointers = Array.from({ length: count.integer }, (_, i) => list.getPointer(i * 8));
    check(api, api.AllocatorFree(allocator, values.pointer));
    using taken = new DisposableStack();
    for (const pointer of pointers) if (pointer !== null) taken.defer(() => api.ReleaseValue(pointer));
    return pointers.map((pointer) => {
      if (pointer === null) throw new TypeError("the outputs can only be taken after a run");
      return Tensor.copyOf(this.#runtime, pointer);
    });
  }

  /** Forgets all bound tensors. */
  clear(): void {
    this.#runtime.api.ClearBoundInputs(this.pointer);
    this.#runtime.api.ClearBoundOutputs(this.pointer);
    this.#bound.clear();
  }

  /**
   * Marks the binding as being run over, until the returned function is called.
   * @throws TypeError when it is in another run or has been disposed of
   */
  use(): () => void {
    if (this.#binding === null) throw disposed();
    if (this.#isInUse) throw new TypeError("a binding can only be in one run at a time");
    this.#isInUse = true;
    return () => {
      this.#isInUse = false;
    };
  }

  /** The native binding. Throws a TypeError after `dispose`. */
  get pointer(): Deno.PointerObject {
    if (this.#binding === null) throw disposed();
    return this.#binding;
  }

  // ONNX Runtime accepts any name here and fails later, with an obscure text.
  #require(side: "input" | "output", name: string): void {
    if (!this.#names[side].has(name)) throw new RangeError(`the model has no ${side} "${name}"`);
  }

  /** Frees the binding. Throws a TypeError while it is in a run. */
  [Symbol.dispose](): void {
    if (this.#binding === null) return;
    if (this.#isInUse) throw new TypeError("a binding cannot be disposed of during a run");
    this.#runtime.api.ReleaseIoBinding(this.#binding);
    this.#binding = null;
    this.#bound.clear();
  }
}

function disposed(): TypeError {
  return new TypeError("this binding has been disposed of");
}
