// The nouns every runtime shares. Plain data: it can be sent, stored and compared.

/** A picture in the picture store, named by the hash of its bytes. */
export interface PictureRef {
  /** Lower-case hexadecimal SHA-256 of the file's bytes; also its name in the store. */
  readonly sha256: string;
  /** Name to show to people. Untrusted text: never a path, never markup. */
  readonly name: string;
  readonly byteLength: number;
}

/** One piece of a user's message, in the order the person gave it. */
export type UserPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "picture"; readonly picture: PictureRef };

export interface UserTurn {
  readonly role: "user";
  readonly content: readonly UserPart[];
}

export interface AssistantTurn {
  readonly role: "assistant";
  readonly text: string;
  /** The model's reasoning; empty when it did not think. */
  readonly thinking: string;
}

export type Turn = UserTurn | AssistantTurn;

/** Something done to a picture between the file and the model that a person should know of. */
export type PictureNote =
  | { readonly kind: "first-frame"; readonly frameCount: number }
  | { readonly kind: "transparency-on-white" }
  | { readonly kind: "rotated-by-exif" }
  | { readonly kind: "converted-to-srgb"; readonly from: string }
  | { readonly kind: "reduced-to-8-bit" }
  | { readonly kind: "vector-drawn-at"; readonly widthPx: number; readonly heightPx: number }
  | { readonly kind: "external-references-left-out" };

/** What the sidecar confirms about a picture it has decoded. */
export interface PictureReceipt {
  readonly sha256: string;
  readonly name: string;
  /** File format as decoded, such as "png". */
  readonly format: string;
  /** Size of the decoded picture, after EXIF orientation. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Grid of the high-resolution slices; null when the overview is all there is. */
  readonly grid: { readonly columns: number; readonly rows: number } | null;
  /** Overview plus grid cells. */
  readonly sliceCount: number;
  /** Visual tokens the picture takes in the prompt, markers not counted. */
  readonly tokenCount: number;
  readonly notes: readonly PictureNote[];
}

/** Corner of a text line, in pixels of the decoded picture. */
export type Point = readonly [x: number, y: number];

/** A line of text read from a picture. */
export interface TextLine {
  readonly text: string;
  /** Mean probability of the recognised characters, 0 to 1. */
  readonly confidence: number;
  /** Corners clockwise from the text's top left. */
  readonly box: readonly [Point, Point, Point, Point];
}

/** Why an answer ended. */
export type StopReason = "end" | "length" | "loop";

/** A model the sidecar can use. */
export interface ModelRecord {
  readonly id: string;
  readonly name: string;
  readonly parameterCount: number;
  readonly contextLength: number;
  readonly precision: Precision;
  /** SPDX identifier. */
  readonly license: string;
  /** True for a bundled stand-in that is small and sometimes wrong. */
  readonly isStandIn: boolean;
}

/** Number format of the decoder's weights. */
export type Precision = "fp32" | "int8" | "int4";

/** How long each stage took, and how fast tokens came. */
export interface GenerationTimings {
  readonly decodeImageMs: number;
  readonly readTextMs: number;
  readonly visionMs: number;
  readonly prefillMs: number;
  /** From the start of the request to the first token. */
  readonly firstTokenMs: number;
  readonly decodeTokensPerSecond: number;
}
