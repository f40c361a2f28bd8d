import type { VideoNote } from "../../protocol/conversation.ts";
import type { Pixels } from "../image/pixels.ts";
import type { FrameSpan } from "./sampling.ts";

/** A frame of a video. */
export interface TimedFrame {
  /** Which of the moments asked for it shows. */
  readonly index: number;
  readonly pixels: Pixels;
}

/** What a video is, without its frames. */
export interface VideoDescription extends FrameSpan {
  /** Container, such as "mp4". */
  readonly format: string;
  /** Such as "avc"; null where frames are stored as pictures. */
  readonly codec: string | null;
  /** End of the last frame, counted from the first. */
  readonly durationS: number;
  /** As shown: after rotation. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly notes: readonly VideoNote[];
}

/** A video that frames can be taken from, any number of times. */
export interface VideoSource extends AsyncDisposable {
  readonly description: VideoDescription;
  /**
   * The frames on screen at some moments. Frames are decoded one after another and each may be dropped before the
   * next, so memory does not grow with the video. Moments whose frames are damaged are left out.
   * @param timesS seconds from the first frame, ascending
   */
  frames(timesS: readonly number[]): AsyncGenerator<TimedFrame, void, undefined>;
}
