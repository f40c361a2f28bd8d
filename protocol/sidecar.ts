// Messages between a host (VS Code, the command line, a test) and the sidecar, over the Language
// Server Protocol. Each request streams `$/progress` under the token given in its parameters and
// ends with exactly one response; `$/cancelRequest` ends it with the code RequestCancelled.
// One generation runs at a time; a second one waits and is told so by the stage "queued".

import type {
  Device,
  GenerationTimings,
  LeftOut,
  ModelRecord,
  PictureReceipt,
  PictureRef,
  Precision,
  StopReason,
  TextLine,
  Turn,
  Video,
  VideoReceipt,
} from "./conversation.ts";

/** Raised with every incompatible change; both ends must agree. */
export const PROTOCOL_VERSION = 1;

/** Parameters of `initialize`, in `initializationOptions`. */
export interface SidecarOptions {
  readonly protocolVersion: number;
  /** Folder the sidecar may write to. Pictures stand in its folder `pictures`. */
  readonly storageFolder: string;
  /** Checkpoint folders that may be used; the first is the default. */
  readonly models: readonly ModelSource[];
  /** Folder with the text recognition weights. */
  readonly ocrFolder: string;
  /** An ONNX Runtime shared library to use in place of the one that comes with the extension. */
  readonly runtimeLibrary?: string;
  /** Threads for inference; 0 leaves the choice to the sidecar. */
  readonly threadCount: number;
  /** Room for what was computed of pictures, so that old conversations go on at once; nothing is kept without it. */
  readonly diskCacheBytes?: number;
  /** Free the models' memory after this long without a request; 0 keeps them. */
  readonly idleUnloadMs: number;
}

export interface ModelSource {
  readonly id: string;
  readonly folder: string;
  readonly precision: Precision;
  /** What it runs on; the CPU when left out. */
  readonly device?: Device;
}

/** The capability record, in `capabilities.experimental.sightline` of the reply to `initialize`. */
export interface SidecarRecord {
  readonly protocolVersion: number;
  readonly sidecarVersion: string;
  readonly denoVersion: string;
  readonly runtimeVersion: string;
  /** Execution providers compiled into the runtime. */
  readonly executionProviders: readonly string[];
  /** The one in use. */
  readonly executionProvider: string;
  /** What Deno grants this process, as it reports it. */
  readonly permissions: Readonly<Record<PermissionName, "granted" | "partial" | "denied">>;
  readonly models: readonly ModelSource[];
}

export const PERMISSION_NAMES = ["read", "write", "net", "run", "env", "sys", "ffi"] as const;
export type PermissionName = (typeof PERMISSION_NAMES)[number];

/**
 * Answers the last turn of a conversation; when that is the assistant's, which was cut off, goes on from there. The
 * result then holds what is new.
 */
export interface GenerateParams {
  readonly conversation: readonly Turn[];
  /** Id from `SidecarOptions.models`; the default when left out. */
  readonly model?: string;
  readonly thinking: boolean;
  /** Most tokens of the trace: then it is closed, and the answer begins. Some room is always left for the answer. */
  readonly thinkingBudget?: number;
  /** `auto` puts the pictures' text into the prompt where the model wants it there. */
  readonly ocr: "auto" | "off";
  /** 0 is greedy; left out, the checkpoint's own setting. */
  readonly temperature?: number;
  /** Keep this many of the most likely tokens; 0 keeps all. Left out, as all below, the checkpoint's own setting. */
  readonly topK?: number;
  /** Keep the most likely tokens that together have this probability. */
  readonly topP?: number;
  /** Keep tokens at least this many times as likely as the most likely one. */
  readonly minP?: number;
  /** 1 is none; above, tokens of the reply become less likely to come again. */
  readonly repetitionPenalty?: number;
  /** The answer ends before the first of these. */
  readonly stopStrings?: readonly string[];
  /** Of trace and answer together; left out, the checkpoint's own limit, with the trace's budget on top. */
  readonly maxTokens?: number;
  readonly seed?: number;
  /** Leave out pictures and videos of earlier turns, the oldest first, as long as the conversation does not fit. */
  readonly dropsOldPictures?: boolean;
  readonly partialResultToken: string | number;
}

export interface GenerateResult {
  readonly model: ModelRecord;
  readonly text: string;
  readonly thinking: string;
  /** Who ended the trace: the model, its budget or the person, or a loop in it; null when it did not end. */
  readonly thinkingEnd: "model" | "cut" | "loop" | null;
  readonly stopReason: StopReason;
  readonly promptTokenIds: readonly number[];
  readonly tokenIds: readonly number[];
  /** Tokens of the prompt that were computed by an earlier request. */
  readonly reusedTokenCount: number;
  readonly pictures: readonly PictureReceipt[];
  readonly videos: readonly VideoReceipt[];
  /** What `dropsOldPictures` left out. */
  readonly leftOut: readonly LeftOut[];
  /** Text lines that went into the prompt, for each picture; null when OCR was not used. */
  readonly ocr: readonly PictureText[] | null;
  readonly timings: GenerationTimings;
}

export interface PictureText {
  readonly sha256: string;
  readonly lines: readonly TextLine[];
}

export type GenerateProgress =
  | { readonly kind: "stage"; readonly stage: Stage; readonly done?: number; readonly total?: number }
  | { readonly kind: "receipt"; readonly picture: PictureReceipt }
  | { readonly kind: "video-receipt"; readonly video: VideoReceipt }
  /** Told after the receipts, before anything is computed. */
  | { readonly kind: "left-out"; readonly parts: readonly LeftOut[] }
  /** A piece of text to append; `tokenCount` counts the tokens of its kind so far. */
  | { readonly kind: "thinking"; readonly text: string; readonly tokenCount: number }
  | { readonly kind: "answer"; readonly text: string; readonly tokenCount: number };

export type Stage =
  | "queued"
  | "loading-model"
  | "decoding-picture"
  | "reading-text"
  | "encoding-picture"
  | "encoding-video"
  | "prefill"
  | "generating";

/** Reads the text of one picture. */
export interface ReadTextParams {
  readonly picture: PictureRef;
  readonly partialResultToken?: string | number;
}

export interface ReadTextResult {
  readonly widthPx: number;
  readonly heightPx: number;
  /** The lines in reading order, with blank lines between blocks. */
  readonly text: string;
  readonly lines: readonly TextLine[];
  readonly readTextMs: number;
}

export interface ReadTextProgress {
  readonly kind: "stage";
  readonly stage: Stage;
  readonly done?: number;
  readonly total?: number;
}

/** Decodes a picture and says what sending it would cost, without running a model. */
export interface InspectPictureParams {
  readonly picture: PictureRef;
  readonly model?: string;
}

/** Looks at a video's frames and says what sending it would cost, without running a model. */
export interface InspectVideoParams {
  readonly video: Video;
  readonly model?: string;
}

/** Says how much of a video a model can hold, without loading it. */
export interface VideoLimitsParams {
  readonly model?: string;
}

export interface VideoLimits {
  /** Most groups of frames, each of 1 to 6 frames. */
  readonly maxGroups: number;
}

/**
 * Does ahead what answering will need, while the question is still being written: looks at the pictures, reads their
 * text, and computes the prompt as far as it is known. Hosts cancel it when the question is asked or changes; what is
 * done by then is kept.
 */
export type PrepareParams = Omit<GenerateParams, "partialResultToken"> & {
  readonly partialResultToken?: string | number;
};

/** What the next question would take. */
export interface Prepared {
  /** Tokens of the prompt so far. */
  readonly tokenCount: number;
  readonly contextLength: number;
  readonly leftOut: readonly LeftOut[];
}

/** Ends the trace of the running answer, so that the answer itself begins. */
export type EndTraceParams = Record<string, never>;

/** Frees the models' memory. They load again on the next request. */
export type UnloadParams = Record<string, never>;

/** Every request: the result follows from the method name. */
export interface SidecarRequests {
  "sightline/generate": { params: GenerateParams; result: GenerateResult };
  "sightline/readText": { params: ReadTextParams; result: ReadTextResult };
  "sightline/inspectPicture": { params: InspectPictureParams; result: PictureReceipt };
  "sightline/inspectVideo": { params: InspectVideoParams; result: VideoReceipt };
  "sightline/videoLimits": { params: VideoLimitsParams; result: VideoLimits };
  "sightline/prepare": { params: PrepareParams; result: Prepared };
  "sightline/endTrace": { params: EndTraceParams; result: null };
  "sightline/unload": { params: UnloadParams; result: null };
}

export type SidecarMethod = keyof SidecarRequests;
