// How videos that cannot be used are refused.

import { type Failure, videoFailure } from "../../protocol/errors.ts";

/** The file, or so much of it that nothing can be shown, is broken. */
export function damaged(name: string, reason: string, cause?: unknown): Failure {
  return videoFailure("video-damaged", name, `the file is damaged or cut short (${reason})`, cause);
}

/** The file is sound, but there is no decoder for it. */
export function unsupported(name: string, reason: string): Failure {
  return videoFailure("video-format-unsupported", name, reason);
}

/** There is nothing to look at. */
export function withoutPictures(name: string, hasSound: boolean): Failure {
  return videoFailure(
    "video-without-pictures",
    name,
    hasSound ? "it holds only sound" : "it holds no pictures",
  );
}

/** The range that was asked for lies outside the video. */
export function emptyRange(name: string, durationS: number): Failure {
  return videoFailure(
    "video-range-empty",
    name,
    `the part that was asked for holds no frame. The video lasts ${durationS.toFixed(1)} s`,
  );
}
