import { type BoundNames, IoBinding } from "./io_binding.ts";
import { cString, OutSlot, readCString } from "./c_memory.ts";
import { appendProvider, type ExecutionProvider } from "./execution_provider.ts";
import { check, create } from "./ort_error.ts";
import type { Runtime } from "./runtime.ts";
import { readTypeAndShape, type TensorSpec } from "./tensor.ts";

/** How a session is made. */
export interface SessionOptions {
  /** Folder that the model's external data is relative to. */
  readonly externalDataFolder?: string;
  /** Execution providers in order of preference, with their options; the CPU is always last. */
  readonly executionProviders?: readonly ExecutionProvider[];
  /** ONNX Runtime's session configuration entries. */
  readonly config?: Readonly<Record<string, string>>;
  /** Gives up loading when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** A loaded model. Runs do not block the event loop; one binding may only be in one run at a time. */
export class Session implements Disposable {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #runtime: Runtime;
  readonly #names: BoundNames;
  #session: Deno.PointerObject | null;
  #runsInFlight = 0;

  private constructor(runtime: Runtime, session: Deno.PointerObject) {
    this.#runtime = runtime;
    this.#session = session;
    this.inputs = readSpecs(runtime, session, "Input");
    this.outputs = readSpecs(runtime, session, "Output");
    this.#names = {
      input: new Set(this.inputs.map(({ name }) => name)),
      output: new Set(this.outputs.map(({ name }) => name)),
    };
  }

  /**
   * Loads a model from its ONNX bytes.
   * @throws OrtError when the model or its external data is refused; ProviderError when an execution provider cannot
   * be used; TypeError when it has inputs or outputs that this layer does not carry; the signal's reason when it aborts
   */
  static async create(
    runtime: Runtime,
    model: Uint8Array<ArrayBuffer>,
    options: SessionOptions = {},
  ): Promise<Session> {
    const { signal } = options;
    signal?.throwIfAborted();
    const { api } = runtime;
    const native = create(api, (slot) => api.CreateSessionOptions(slot));
    const cancel = () => check(api, api.SessionOptionsSetLoadCancellationFlag(native, true));
    try {
      configure(runtime, native, options);
      signal?.addEventListener("abort", cancel);
      const slot = new OutSlot();
      const length = BigInt(model.byteLength);
      const status = await api.CreateSessionFromArray(
        runtime.environment,
        model,
        length,
        native,
        slot.buffer,
      );
      try {
        check(api, status);
        signal?.throwIfAborted();
        return new Session(runtime, slot.pointer);
      } catch (error) {
        // Loaded, but not wanted any more or of no use.
        if (slot.integer !== 0) api.ReleaseSession(slot.pointer);
        signal?.throwIfAborted();
        throw error;
      }
    } finally {
      signal?.removeEventListener("abort", cancel);
      api.ReleaseSessionOptions(native);
    }
  }

  /** A new set of bound inputs and outputs for this session. */
  bind(): IoBinding {
    return new IoBinding(this.#runtime, this.pointer, this.#names);
  }

  /**
   * Runs the model once over bound inputs and outputs.
   * An abort stops the run before its next operator; the session stays usable.
   * @param config ONNX Runtime's run configuration entries
   * @throws the signal's reason after an abort; OrtError when the run fails
   */
  async run(
    binding: IoBinding,
    options: { signal?: AbortSignal; config?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    const { signal } = options;
    signal?.throwIfAborted();
    const { api } = this.#runtime;
    const session = this.pointer;
    const release = binding.use();
    const runOptions = create(api, (slot) => api.CreateRunOptions(slot));
    const terminate = () => check(api, api.RunOptionsSetTerminate(runOptions));
    this.#runsInFlight++;
    try {
      for (const [key, value] of Object.entries(options.config ?? {})) {
        check(api, api.AddRunConfigEntry(runOptions, cString(key), cString(value)));
      }
      signal?.addEventListener("abort", terminate);
      const status = await api.RunWithBinding(session, runOptions, binding.pointer);
      // A run that was told to stop may still have finished; either way the caller asked for none.
      try {
        check(api, status);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
      signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener("abort", terminate);
      api.ReleaseRunOptions(runOptions);
      this.#runsInFlight--;
      release();
    }
  }

  /** The native session. Throws a TypeError after `dispose`. */
  get pointer(): Deno.PointerObject {
    if (this.#session === null) throw new TypeError("this session has been disposed of");
    return this.#session;
  }

  /** Frees the model. Throws a TypeError while a run is under way: abort it and wait first. */
  [Symbol.dispose](): void {
    if (this.#session === null) return;
    if (this.#runsInFlight > 0) throw new TypeError("a session cannot be disposed of during a run");
    this.#runtime.api.ReleaseSession(this.#session);
    this.#session = null;
  }
}

function configure(runtime: Runtime, native: Deno.PointerObject, options: SessionOptions): void {
  const { api } = runtime;
  check(api, api.DisablePerSessionThreads(native));
  const config = { ...options.config };
  if (options.externalDataFolder !== undefined) {
    config["session.model_external_initializers_file_folder_path"] = options.externalDataFolder;
  }
  for (const [key, value] of Object.entries(config)) {
    check(api, api.AddSessionConfigEntry(native, cString(key), cString(value)));
  }
  for (const provider of options.executionProviders ?? []) appendProvider(runtime, native, provider);
}

function readSpecs(runtime: Runtime, session: Deno.PointerObject, side: "Input" | "Output"): TensorSpec[] {
  const { api } = runtime;
  const count = new OutSlot();
  check(api, api[`SessionGet${side}Count`](session, count.buffer));
  const allocator = create(api, (slot) => api.GetAllocatorWithDefaultOptions(slot));
  return Array.from({ length: count.integer }, (_, i) => {
    const index = BigInt(i);
    const name = create(api, (slot) => api[`SessionGet${side}Name`](session, index, allocator, slot));
    const typeInfo = create(api, (slot) => api[`SessionGet${side}TypeInfo`](session, index, slot));
    try {
      return { name: readCString(name), ...readSpec(runtime, typeInfo) };
    } finally {
      check(api, api.AllocatorFree(allocator, name));
      api.ReleaseTypeInfo(typeInfo);
    }
  });
}

function readSpec(runtime: Runtime, typeInfo: Deno.PointerObject): Omit<TensorSpec, "name"> {
  const { api } = runtime;
  // The cast gives a view into `typeInfo`; it is not ours to free.
  const info = create(api, (slot) => api.CastTypeInfoToTensorInfo(typeInfo, slot));
  const { type, dims } = readTypeAndShape(runtime, info);
  const names = new BigUint64Array(new ArrayBuffer(Math.max(dims.length, 1) * 8));
  check(api, api.GetSymbolicDimensions(info, names, BigInt(dims.length)));
  return {
    type,
    dims: dims.map((dim, i) => dim >= 0 ? dim : readCString(Deno.UnsafePointer.create(names[i] as bigint))),
  };
}
