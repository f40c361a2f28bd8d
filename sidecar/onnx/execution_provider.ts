// Execution providers: how a session is told to run on something else than the CPU.

import { cString } from "./c_memory.ts";
import { check, create, OrtError } from "./ort_error.ts";
import type { Runtime } from "./runtime.ts";

/** An execution provider with its own options. */
export interface ExecutionProvider {
  /** As ONNX Runtime lists it, such as "WebGpuExecutionProvider". */
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  /** What ONNX Runtime calls the provider's memory; left out where that is the CPU's. */
  readonly memory?: string;
}

/** Why an execution provider cannot be used. */
export class ProviderError extends Error {
  readonly provider: string;
  /** "absent": the library was built without it. "unusable": its own library or a fitting device is missing. */
  readonly reason: "absent" | "unusable";

  constructor(provider: string, reason: "absent" | "unusable", message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ProviderError";
    this.provider = provider;
    this.reason = reason;
  }
}

const CUDA = "CUDAExecutionProvider";

/**
 * Adds a provider to session options. The CPU stays behind it for what it has no operators for, unless
 * "session.disable_cpu_ep_fallback" is set.
 * @throws ProviderError
 */
export function appendProvider(
  runtime: Runtime,
  sessionOptions: Deno.PointerObject,
  { name, options = {} }: ExecutionProvider,
): void {
  if (!runtime.executionProviders.includes(name)) {
    const available = runtime.executionProviders.join(", ");
    throw new ProviderError(
      name,
      "absent",
      `ONNX Runtime ${runtime.version} has no ${name} on this platform, only ${available}`,
    );
  }
  const append = name === CUDA ? appendCuda : appendByName;
  try {
    append(runtime, sessionOptions, name, options);
  } catch (cause) {
    if (!(cause instanceof OrtError)) throw cause;
    throw new ProviderError(name, "unusable", cause.message, cause);
  }
}

function appendByName(
  { api }: Runtime,
  sessionOptions: Deno.PointerObject,
  name: string,
  options: Readonly<Record<string, string>>,
): void {
  const { keys, values, count } = listOf(options);
  check(
    api,
    api.SessionOptionsAppendExecutionProvider(
      sessionOptions,
      cString(name),
      keys.addresses,
      values.addresses,
      count,
    ),
  );
}

/** CUDA lies in a library of its own, and has functions of its own. */
function appendCuda(
  { api }: Runtime,
  sessionOptions: Deno.PointerObject,
  _name: string,
  options: Readonly<Record<string, string>>,
): void {
  const cuda = create(api, (slot) => api.CreateCUDAProviderOptions(slot));
  try {
    const { keys, values, count } = listOf(options);
    check(api, api.UpdateCUDAProviderOptions(cuda, keys.addresses, values.addresses, count));
    check(api, api.SessionOptionsAppendExecutionProvider_CUDA_V2(sessionOptions, cuda));
  } finally {
    api.ReleaseCUDAProviderOptions(cuda);
  }
}

function listOf(options: Readonly<Record<string, string>>) {
  return {
    keys: addresses(Object.keys(options)),
    values: addresses(Object.values(options)),
    count: BigInt(Object.keys(options).length),
  };
}

/** Addresses of C strings, and the strings, which must be kept as long as the addresses are used. */
function addresses(texts: readonly string[]) {
  const strings = (texts.length > 0 ? texts : [""]).map(cString);
  const pointers = strings.map((bytes) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
  return { strings, addresses: BigUint64Array.from(pointers) };
}
