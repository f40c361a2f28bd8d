// Recordings in words: what is sent of one and what it costs, how far it has been read, and whether it can be played.

import type { VideoNote, VideoOrigin } from "../protocol/conversation.ts";
import type { PanelRecording, ReadingProgress, RecordingFormat } from "../protocol/recording_messages.ts";
import type { VideoSampling } from "../protocol/video_reader.ts";
import { clock } from "./clock.ts";
import type { Translate } from "./texts.ts";

/** Frames in a second that are looked at unless a person chooses otherwise. */
export const USUAL_FRAMES_PER_SECOND = 3;

/** The part of a recording that is sent. */
export interface Range {
  readonly fromS: number;
  readonly toS: number;
}

/** The part that is sent, within what there is. */
export function rangeOf({ fromS = 0, toS = Infinity }: VideoSampling, durationS: number): Range {
  const end = Math.min(toS, durationS);
  return { fromS: Math.min(fromS, end), toS: end };
}

/** "38 of 630 frames (changes only) · 7 groups × 64 = 448 tok"; null before the sidecar has confirmed it. */
export function costLine({ receipt, origin }: PanelRecording, t: Translate): string | null {
  if (receipt === null) return null;
  const { usedTimesS, groupCount, tokenCount } = receipt;
  return [
    framesText(usedTimesS.length, origin, t),
    groupCount === 1
      ? t("1 group, {0} tok", tokenCount)
      : t("{0} groups × {1} = {2} tok", groupCount, tokensOfGroup(groupCount, tokenCount), tokenCount),
  ].join(" · ");
}

/** Visual tokens that each group takes. */
export function tokensOfGroup(groupCount: number, tokenCount: number): number {
  return groupCount === 0 ? 0 : tokenCount / groupCount;
}

/** Everything about what is sent, in whole words. */
export function costSentence(recording: PanelRecording, t: Translate): string {
  const { receipt, origin, file } = recording;
  if (receipt === null) return t("not read yet");
  const { usedTimesS, widthPx, heightPx, packing, groupCount, tokenCount } = receipt;
  const { droppedTimesS = [], durationS = 0, notes = [] } = origin ?? {};
  return [
    t("a recording of {0}", clock(durationS)),
    t("{0} by {1} pixels", widthPx, heightPx),
    t("{0} frames sent", usedTimesS.length),
    ...(droppedTimesS.length > 0
      ? [t("{0} looked at and left out, because nothing had changed", droppedTimesS.length)]
      : []),
    t("{0} groups of up to {1} frames", groupCount, packing),
    t("{0} tokens", tokenCount),
    ...notes.map((note) => noteText(note, t)),
    ...(file === null ? [] : [`SHA-256 ${file.sha256.slice(0, 12)}…`]),
  ].join(", ");
}

/** The choices behind the frames, each in a few words. */
export function samplingTexts(
  { sampling, receipt, origin }: PanelRecording,
  t: Translate,
): readonly string[] {
  if (origin === null || receipt === null) return [];
  const { fromS, toS } = rangeOf(sampling, origin.durationS);
  const isWhole = fromS === 0 && toS === origin.durationS;
  return [
    isWhole
      ? clock(origin.durationS)
      : t("{0} to {1} of {2}", clock(fromS), clock(toS), clock(origin.durationS)),
    t("up to {0} fps", sampling.framesPerSecond ?? USUAL_FRAMES_PER_SECOND),
    receipt.packing === 1 ? t("1 frame a group") : t("{0} frames a group", receipt.packing),
  ];
}

/** What a person should know of a recording. */
export function noteText(note: VideoNote, t: Translate): string {
  switch (note.kind) {
    case "turned":
      return t("turned by {0}°", note.degrees);
    case "damaged-frames":
      return t("{0} damaged frames left out", note.count);
    case "limited-groups":
      return t("the model holds {0} groups", note.groupCount);
    default: {
      const unknown: never = note;
      throw new TypeError(`unknown note: ${JSON.stringify(unknown)}`);
    }
  }
}

/** "reading… 62 %". */
export function progressText({ stage, share }: ReadingProgress, t: Translate): string {
  const name = stageName(stage, t);
  return share === null ? name : `${name} ${Math.floor(share * 100)} %`;
}

const CODECS: Readonly<Record<string, string>> = {
  avc: "avc1.640028",
  hevc: "hvc1.1.6.L93.B0",
  vp8: "vp8",
  vp9: "vp09.00.10.08",
  av1: "av01.0.04M.08",
};

/** What a browser is asked whether it plays, such as `video/webm; codecs="vp8"`. Matroska is WebM with more codecs. */
export function mediaType(format: RecordingFormat, codec: string | null): string {
  const container = format === "webm" || format === "mkv" ? "video/webm" : "video/mp4";
  const known = codec === null ? undefined : CODECS[codec];
  return known === undefined ? container : `${container}; codecs="${known}"`;
}

/** Whether a format is one that browsers show as a picture that moves. */
export function isMovingPicture(format: RecordingFormat): boolean {
  return format === "gif" || format === "webp";
}

/** The place in a list of times of the one that is shown at a moment: the last that is not after it. */
export function frameAt(times: readonly number[], timeS: number): number {
  // A time in an answer has tenths, a frame's own time has more digits.
  return Math.max(0, times.findLastIndex((time) => time <= timeS + 0.05));
}

function framesText(sentCount: number, origin: VideoOrigin | null, t: Translate): string {
  if (origin === null) return t("{0} frames", sentCount);
  return origin.droppedTimesS.length > 0
    ? t("{0} of {1} frames (changes only)", sentCount, origin.frameCount)
    : t("{0} of {1} frames", sentCount, origin.frameCount);
}

function stageName(stage: ReadingProgress["stage"], t: Translate): string {
  switch (stage) {
    case "copying":
      return t("copying…");
    case "looking":
      return t("reading…");
    case "taking":
      return t("taking frames…");
    default: {
      const unknown: never = stage;
      throw new TypeError(`unknown stage: ${String(unknown)}`);
    }
  }
}
