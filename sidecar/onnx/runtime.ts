// Loads ONNX Runtime's shared library and owns what all sessions share: the environment with its
// thread pool, and the description of CPU memory. Knows nothing of models.

import { type Api, API_VERSION, readApi } from "./api.ts";
import { cString, OutSlot, readCString } from "./c_memory.ts";
import { check, create } from "./ort_error.ts";

/** Why the library cannot be used. */
export class RuntimeLoadError extends Error {
  readonly reason: "missing" | "incompatible";

  constructor(reason: "missing" | "incompatible", message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "RuntimeLoadError";
    this.reason = reason;
  }
}

/** OrtLoggingLevel: errors only. ONNX Runtime logs to stderr, never to stdout. */
const LOG_ERRORS = 3;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;

/** ONNX Runtime, loaded. One per process is enough; sessions share its thread pool. */
export class Runtime implements Disposable {
  readonly api: Api;
  /** Release of the library, such as "1.30.0". */
  readonly version: string;
  readonly environment: Deno.PointerObject;
  readonly cpuMemory: Deno.PointerObject;
  readonly #library: Deno.DynamicLibrary<typeof EXPORTS>;
  #disposed = false;

  /**
   * Loads the library at `path`.
   * @param threadCount threads for the operators of a run; 0 lets ONNX Runtime choose
   * @throws RuntimeLoadError when the file cannot be loaded or its release is too old
   */
  constructor(path: string, threadCount = 0) {
    this.#library = openLibrary(path);
    try {
      const { version, table } = readApiBase(this.#library.symbols.OrtGetApiBase(), path);
      this.version = version;
      this.api = readApi(table);
      this.environment = createEnvironment(this.api, threadCount);
      this.cpuMemory = create(
        this.api,
        (slot) => this.api.CreateCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY, slot),
      );
    } catch (error) {
      this.#library.close();
      throw error;
    }
  }

  /** The execution providers compiled into the library. */
  get executionProviders(): string[] {
    const names = new OutSlot();
    const count = new OutSlot();
    check(this.api, this.api.GetAvailableProviders(names.buffer, count.buffer));
    const list = new Deno.UnsafePointerView(names.pointer);
    const result = Array.from({ length: count.integer }, (_, i) => readCString(list.getPointer(i * 8)));
    check(this.api, this.api.ReleaseAvailableProviders(names.pointer, count.integer));
    return result;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.api.ReleaseMemoryInfo(this.cpuMemory);
    this.api.ReleaseEnv(this.environment);
    this.#library.close();
  }
}

const EXPORTS = { OrtGetApiBase: { parameters: [], result: "pointer" } } as const;

function openLibrary(path: string): Deno.DynamicLibrary<typeof EXPORTS> {
  try {
    return Deno.dlopen(path, EXPORTS);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new RuntimeLoadError(
      "missing",
      `ONNX Runtime could not be loaded from "${path}": ${detail}. Install the extension again, or run "npm ci".`,
      error,
    );
  }
}

/**
 * Reads an `OrtApiBase`: pointer to GetApi, then pointer to GetVersionString.
 * @throws RuntimeLoadError when the release is older than the functions that are needed
 */
export function readApiBase(base: Deno.PointerValue, path: string) {
  const view = base === null ? null : new Deno.UnsafePointerView(base);
  const getApi = view?.getPointer(0);
  const getVersion = view?.getPointer(8);
  if (!getApi || !getVersion) {
    throw new RuntimeLoadError("incompatible", `"${path}" is not a working ONNX Runtime library`);
  }
  const version = readCString(
    new Deno.UnsafeFnPointer(getVersion as Deno.PointerObject<typeof VERSION>, VERSION).call(),
  );
  const table = new Deno.UnsafeFnPointer(getApi as Deno.PointerObject<typeof GET_API>, GET_API).call(
    API_VERSION,
  );
  if (table === null) {
    throw new RuntimeLoadError(
      "incompatible",
      `ONNX Runtime ${version} at "${path}" is too old: release 1.${API_VERSION} or newer is needed. ` +
        `Install the extension again, or run "npm ci".`,
    );
  }
  return { version, table };
}

const VERSION = { parameters: [], result: "pointer" } as const;
const GET_API = { parameters: ["u32"], result: "pointer" } as const;

function createEnvironment(api: Api, threadCount: number): Deno.PointerObject {
  const threading = create(api, (slot) => api.CreateThreadingOptions(slot));
  try {
    check(api, api.SetGlobalIntraOpNumThreads(threading, threadCount));
    const environment = create(
      api,
      (slot) => api.CreateEnvWithGlobalThreadPools(LOG_ERRORS, cString("sightline"), threading, slot),
    );
    check(api, api.DisableTelemetryEvents(environment));
    return environment;
  } finally {
    api.ReleaseThreadingOptions(threading);
  }
}
