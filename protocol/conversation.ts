// The nouns every runtime shares. Plain data: it can be sent, stored and compared.

/** A picture in the picture store, named by the hash of its bytes. */
export interface PictureRef {
  /** Lower-case hexadecimal SHA-256 of the file's bytes; also its name in the store. */
  readonly sha256: string;
  /** Name to show to people. Untrusted text: never a path, never markup. */
  readonly name: string;
  readonly byteLength: number;
}

/** A video file in the video store, named by the hash of its bytes. */
export interface VideoRef {
  /** Lower-case hexadecimal SHA-256 of the file's bytes; also its name in the store. */
  readonly sha256: string;
  /** Name to show to people. Untrusted text: never a path, never markup. */
  readonly name: string;
  readonly byteLength: number;
}

/** A video given as pictures with the times at which they are shown. */
export interface PictureSequence {
  /** Name to show to people. Untrusted text: never a path, never markup. */
  readonly name: string;
  /** At least one, by ascending time, all of one size. */
  readonly frames: readonly { readonly picture: PictureRef; readonly timeS: number }[];
}

/** Which frames of a video are sent. What is left out follows the model's own rule. */
export interface VideoSampling {
  /** Frames to look at in a second, where there is room; above 0, at most 30. */
  readonly framesPerSecond?: number;
  /** Frames that share visual tokens, 1 to 6. */
  readonly packing?: number;
  /** The part to look at, in seconds from the first frame. */
  readonly fromS?: number;
  readonly toS?: number;
  /**
   * Whether frames that look like the one before are dropped, and the time they would have taken is spent around
   * changes. `auto`, the default, does so where many frames are alike, as in a recording of a screen.
   */
  readonly stillFrames?: "auto" | "drop" | "keep";
}

/** One piece of a user's message, in the order the person gave it. */
export type UserPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "picture"; readonly picture: PictureRef }
  | {
    readonly kind: "video";
    readonly video: VideoRef | PictureSequence;
    readonly sampling?: VideoSampling;
  };

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

/** Something about a video, or done to it, that a person should know of. */
export type VideoNote =
  | { readonly kind: "turned"; readonly degrees: number }
  /** Frames that were to be sent and could not be decoded. */
  | { readonly kind: "damaged-frames"; readonly count: number }
  /** The model holds fewer groups of frames than the release's 180. */
  | { readonly kind: "limited-groups"; readonly groupCount: number };

/** What the sidecar confirms about a video it has looked through. */
export interface VideoReceipt {
  /** Null for a sequence of pictures. */
  readonly sha256: string | null;
  readonly name: string;
  /** Container, such as "mp4". */
  readonly format: string;
  /** Such as "avc"; null where frames are stored as pictures. */
  readonly codec: string | null;
  readonly durationS: number;
  /** Mean frames a second. */
  readonly frameRate: number;
  readonly frameCount: number;
  /** As shown, after rotation. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Times of the frames that are sent, in seconds from the first frame. */
  readonly usedTimesS: readonly number[];
  /** Times of frames that were looked at and left out, because they look like the one before. */
  readonly droppedTimesS: readonly number[];
  /** Most frames in a group. */
  readonly packing: number;
  readonly groupCount: number;
  /** Visual tokens the video takes in the prompt, markers not counted. */
  readonly tokenCount: number;
  readonly notes: readonly VideoNote[];
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
