// Failures that are expected and shown to people. Anything else is a bug.

/** What kind of thing went wrong; the host chooses headline and buttons by it, never by the text. */
export type FailureKind =
  | "picture-missing"
  | "picture-is-folder"
  | "picture-unreadable"
  | "picture-empty"
  | "picture-not-an-image"
  | "picture-format-unsupported"
  | "picture-damaged"
  | "picture-too-large"
  | "picture-too-thin"
  | "video-missing"
  | "video-unreadable"
  | "video-format-unsupported"
  | "video-damaged"
  | "video-without-pictures"
  | "video-range-empty"
  | "video-too-long"
  | "model-missing"
  | "model-invalid"
  | "runtime-missing"
  | "runtime-incompatible"
  | "device-unavailable"
  | "protocol-mismatch"
  | "context-full"
  | "out-of-memory"
  | "storage-failed"
  | "chat-missing"
  | "chat-damaged"
  | "chat-open-elsewhere"
  | "internal";

/** The `data` of a response error. The error's `message` is a full English sentence for people. */
export interface FailureData {
  readonly kind: FailureKind;
  /** The file or model the failure is about, when there is one. */
  readonly subject?: string;
}

/** Code of response errors that carry {@link FailureData}: LSP's `RequestFailed`. */
export const FAILURE_CODE = -32803;

/** Code of the response to a cancelled request: LSP's `RequestCancelled`. */
export const CANCELLED_CODE = -32800;

/** An expected failure, with a message that says what failed, why, and what to do next. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly subject: string | undefined;

  constructor(kind: FailureKind, message: string, options: { subject?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.kind = kind;
    this.subject = options.subject;
  }
}

/**
 * The failure of a video that cannot be used.
 * @param reason why, and what to do next; without a full stop
 */
export function videoFailure(kind: FailureKind, name: string, reason: string, cause?: unknown): Failure {
  return new Failure(kind, `Cannot use video "${name}": ${reason}.`, { subject: name, cause });
}

/** Whether a response error's `data` is ours. */
export function isFailureData(data: unknown): data is FailureData {
  return typeof data === "object" && data !== null && "kind" in data &&
    typeof data.kind === "string";
}
