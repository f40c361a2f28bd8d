// The nouns every runtime shares. Plain data: it can be sent, stored and compared.

/** A picture in the picture store, named by the hash of its bytes. */
export interface PictureRef {
  /** Lower-case hexadecimal SHA-256 of the file's bytes; also its name in the store. */
  readonly sha256: string;
  /** Name to show to people. Untrusted text: never a path, never markup. */
  readonly name: string;
  readonly byteLength: number;
}

/** A frame of a video: a picture of the store, and when it is shown. */
export interface VideoFrame {
  readonly picture: PictureRef;
  /** Seconds from the start of the video. */
  readonly timeS: number;
}

/** A video, as the frames that a model is to see of it. The sidecar opens no video files. */
export interface Video {
  /** Name to show to people. Untrusted text: never a path, never markup. */
  readonly name: string;
  /** At least one, by ascending time, all of one size. */
  readonly frames: readonly VideoFrame[];
  /** Frames that share visual tokens, 1 to 6; left out, as few as the model has room for. */
  readonly packing?: number;
  /** What the frames were taken from; left out for a list of pictures. */
  readonly origin?: VideoOrigin;
}

/** A video that frames were taken from, and what was done to it. */
export interface VideoOrigin {
  /** Container, such as "mp4". */
  readonly format: string;
  /** Such as "avc"; null where frames are stored as pictures. */
  readonly codec: string | null;
  readonly durationS: number;
  /** Mean frames a second. */
  readonly frameRate: number;
  readonly frameCount: number;
  /** Times of frames that were looked at and left out, because they look like the one before. */
  readonly droppedTimesS: readonly number[];
  readonly notes: readonly VideoNote[];
}

/** A part of a picture, in whole thousandths of its width and height, from the top left. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The length of a picture's sides, as boxes measure them. */
export const BOX_SCALE = 1000;

/** Something to look at in a user's message. */
export type VisualPart =
  | { readonly kind: "picture"; readonly picture: PictureRef }
  | { readonly kind: "video"; readonly video: Video };

/** One piece of a user's message, in the order the person gave it. */
export type UserPart =
  | VisualPart
  | { readonly kind: "text"; readonly text: string }
  /** The part that the message is about, of a picture in this message or an earlier one. */
  | { readonly kind: "box"; readonly picture: PictureRef; readonly box: Box };

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

/** A picture or video of an earlier turn that was not sent, because the conversation no longer fits with it. */
export interface LeftOut {
  readonly kind: "picture" | "video";
  readonly name: string;
  /** Visual tokens it would have taken. */
  readonly tokenCount: number;
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

/** What the sidecar confirms about a video. */
export interface VideoReceipt {
  readonly name: string;
  /** Null for a list of pictures. */
  readonly origin: VideoOrigin | null;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Times of the frames that are sent, in seconds from the start of the video. */
  readonly usedTimesS: readonly number[];
  /** Most frames in a group. */
  readonly packing: number;
  readonly groupCount: number;
  /** Visual tokens the video takes in the prompt, markers not counted. */
  readonly tokenCount: number;
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

/** What a model runs on. */
export type Device = (typeof DEVICES)[number];
export const DEVICES = ["cpu", "cuda", "webgpu", "directml", "coreml"] as const;

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
