// What a host and the video reader tell each other. The reader is a program of its own: it takes one file, puts frames
// of it into a folder of the picture store, and ends. The host gives a ReadRequest as the only argument; the reader
// prints a ReaderMessage a line. One that ends without "done" or "failed" has crashed.

import type { Video } from "./conversation.ts";
import type { FailureData } from "./errors.ts";

/** Which frames of a video are taken. What is left out follows the model's own rule. */
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

/** What to read. */
export interface ReadRequest {
  /** The file. */
  readonly path: string;
  /** Name to show to people. */
  readonly name: string;
  /** The folder for frames, each in a file named by the hash of its bytes. */
  readonly folder: string;
  readonly sampling: VideoSampling;
  /** Most groups of frames that the model has room for. */
  readonly maxGroups: number;
}

/** How far the reader is: it looks through the video, then takes the frames it has chosen. */
export interface ReadProgress {
  readonly stage: "looking" | "taking";
  readonly done: number;
  readonly total: number;
}

export type ReaderMessage =
  /** Told about every second, so that a decoder that got stuck is noticed. */
  | { readonly kind: "alive" }
  | { readonly kind: "progress"; readonly progress: ReadProgress }
  | { readonly kind: "done"; readonly video: Video }
  | { readonly kind: "failed"; readonly failure: FailureData; readonly message: string };
