// How videos that cannot be used are refused.

import { Failure, type FailureKind } from "../../protocol/errors.ts";

function refuse(kind: FailureKind, name: string, reason: string, cause?: unknown): Failure {
  return new Failure(kind, `Cannot use video "${name}": ${reason}.`, { subject: name, cause });
}

/** The file, or so much of it that nothing can be shown, is broken. */
export function damaged(name: string, reason: string, cause?: unknown): Failure {
  return refuse("video-damaged", name, `the file is damaged or cut short (${reason})`, cause);
}

/** The file is sound, but there is no decoder for it. */
export function unsupported(name: string, reason: string): Failure {
  return refuse(
    "video-format-unsupported",
    name,
    `${reason}. Save it as an MP4 with H.264, or give pictures of what you mean`,
  );
}

/** There is nothing to look at. */
export function withoutPictures(name: string, hasSound: boolean): Failure {
  return refuse("video-without-pictures", name, hasSound ? "it holds only sound" : "it holds no pictures");
}

/** The range that was asked for lies outside the video. */
export function emptyRange(name: string, durationS: number): Failure {
  return refuse(
    "video-range-empty",
    name,
    `the part that was asked for holds no frame. The video lasts ${durationS.toFixed(1)} s`,
  );
}

/** The copy in the store is not there or not the same. */
export function missing(name: string, cause?: unknown): Failure {
  return refuse(
    "video-missing",
    name,
    "its copy on this machine is gone or has changed. Add it again",
    cause,
  );
}
