// What extension and page tell each other about recordings. The extension reads a recording's frames; the page shows
// them as they will be sent, plays the file, and says what a person wants to be sent instead.

import type { VideoOrigin, VideoReceipt } from "./conversation.ts";
import type { VideoSampling } from "./video_reader.ts";

/** Formats of recordings; also the endings of their files in the store. */
export const RECORDING_FORMATS = ["mp4", "mov", "webm", "mkv", "gif", "webp"] as const;
export type RecordingFormat = (typeof RECORDING_FORMATS)[number];

/** How far a recording is: copied into the store first, then looked through, then its frames are taken. */
export interface ReadingProgress {
  readonly stage: "copying" | "looking" | "taking";
  /** Part of the stage that is done, 0 to 1; null where nobody knows. */
  readonly share: number | null;
}

/** A frame as the page shows it. */
export interface PanelFrame {
  /** Address that the page may load. */
  readonly source: string;
  readonly timeS: number;
}

/** The file of a recording as the page plays it. */
export interface PanelFile {
  /** Address that the page may load; null for a file that is too large to be loaded by a page. */
  readonly source: string | null;
  readonly format: RecordingFormat;
  readonly sha256: string;
  readonly byteLength: number;
}

/** A recording as the panel shows it. */
export interface PanelRecording {
  readonly kind: "recording";
  /** Names this use of the recording; the same file can be attached twice. */
  readonly id: string;
  /** Name to show; untrusted text. */
  readonly name: string;
  /** Null until it is in the store. */
  readonly file: PanelFile | null;
  /** What the person wants to be sent. */
  readonly sampling: VideoSampling;
  /** The frames that the model is sent, as they were read last; none before. */
  readonly frames: readonly PanelFrame[];
  /** Null before it was read. */
  readonly origin: VideoOrigin | null;
  /** What the sidecar has confirmed about the frames; null until then. */
  readonly receipt: VideoReceipt | null;
  /** Null when nothing is in work. */
  readonly progress: ReadingProgress | null;
}

/** Extension to page. */
export type RecordingEvent =
  | { readonly kind: "recording-changed"; readonly recording: PanelRecording }
  | { readonly kind: "recording-progress"; readonly id: string; readonly progress: ReadingProgress }
  | {
    readonly kind: "recording-receipt";
    readonly turnId: string;
    readonly recordingId: string;
    readonly receipt: VideoReceipt;
  };

/** Page to extension. */
export type RecordingAsk =
  /** Send other frames of a recording that goes with the next question. */
  | { readonly kind: "change-sampling"; readonly id: string; readonly sampling: VideoSampling }
  /** Send an animated picture as a recording. */
  | { readonly kind: "use-as-recording"; readonly id: string }
  /** Send only the first frame of an animated picture. */
  | { readonly kind: "use-first-frame"; readonly id: string };
