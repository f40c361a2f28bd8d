import type { Api } from "./api.ts";
import { OutSlot, readCString } from "./c_memory.ts";

const CODE_NAMES = [
  "OK",
  "FAIL",
  "INVALID_ARGUMENT",
  "NO_SUCHFILE",
  "NO_MODEL",
  "ENGINE_ERROR",
  "RUNTIME_EXCEPTION",
  "INVALID_PROTOBUF",
  "MODEL_LOADED",
  "NOT_IMPLEMENTED",
  "INVALID_GRAPH",
  "EP_FAIL",
  "MODEL_LOAD_CANCELED",
  "MODEL_REQUIRES_COMPILATION",
  "NOT_FOUND",
] as const;

/** Name of an `OrtErrorCode`. */
export type OrtErrorCode = (typeof CODE_NAMES)[number] | `CODE_${number}`;

/** ONNX Runtime refused a call; `message` is its own text. */
export class OrtError extends Error {
  readonly code: OrtErrorCode;

  constructor(code: OrtErrorCode, message: string) {
    super(message);
    this.name = "OrtError";
    this.code = code;
  }
}

/** Throws the {@link OrtError} that a status stands for, and frees it; a null status is success. */
export function check(api: Api, status: Deno.PointerValue): void {
  if (status === null) return;
  const index = api.GetErrorCode(status);
  const message = readCString(api.GetErrorMessage(status));
  api.ReleaseStatus(status);
  throw new OrtError(CODE_NAMES[index] ?? `CODE_${index}`, message);
}

/** Calls a C function that writes a new object into its last parameter. */
export function create(
  api: Api,
  call: (slot: BigUint64Array<ArrayBuffer>) => Deno.PointerValue,
): Deno.PointerObject {
  const slot = new OutSlot();
  check(api, call(slot.buffer));
  return slot.pointer;
}
