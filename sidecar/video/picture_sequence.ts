// Pictures with times, shown one after another.

import type { PictureRef, PictureSequence } from "../../protocol/conversation.ts";
import type { DecodedPicture } from "../image/decode.ts";
import { damaged } from "./video_failure.ts";
import type { VideoDescription, VideoSource } from "./video_source.ts";

/** Decodes a picture of the sequence. */
export type DecodeFrame = (picture: PictureRef, signal?: AbortSignal) => Promise<DecodedPicture>;

/** Seconds for the only picture of a sequence, or for the last one of all. */
const USUAL_FRAME_S = 1;
/** A frame's own time must find that frame. */
const ROUNDING_S = 0.001;

/**
 * Opens a sequence.
 * @throws Failure "video-damaged" when it is empty, its times do not ascend or its pictures differ in size
 */
export async function openSequence(
  { name, frames }: PictureSequence,
  decode: DecodeFrame,
  signal?: AbortSignal,
): Promise<VideoSource> {
  const first = frames[0];
  if (first === undefined) throw damaged(name, "it holds no pictures");
  if (frames.some(({ timeS }, i) => i > 0 && !(timeS > (frames[i - 1]?.timeS ?? 0)))) {
    throw damaged(name, "the times of its pictures do not ascend");
  }
  const { pixels } = await decode(first.picture, signal);
  const spanS = (frames.at(-1)?.timeS ?? 0) - first.timeS;
  const lastS = frames.length > 1 ? spanS / (frames.length - 1) : USUAL_FRAME_S;
  const description: VideoDescription = {
    format: "pictures",
    codec: null,
    durationS: spanS + lastS,
    frameRate: frames.length / (spanS + lastS),
    frameCount: frames.length,
    widthPx: pixels.width,
    heightPx: pixels.height,
    notes: [],
  };
  return {
    description,
    async *frames(timesS, signal) {
      for (const [index, timeS] of timesS.entries()) {
        const shown = frames.findLast((frame) => frame.timeS - first.timeS <= timeS + ROUNDING_S) ?? first;
        const { pixels } = await decode(shown.picture, signal);
        if (pixels.width !== description.widthPx || pixels.height !== description.heightPx) {
          throw damaged(name, "its pictures differ in size");
        }
        yield { index, pixels };
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
