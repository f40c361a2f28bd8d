// What is told of a video on the terminal.

import type { VideoNote, VideoOrigin, VideoReceipt } from "../protocol/conversation.ts";

/** A line for people. */
export function describeVideo({ name, origin, ...video }: VideoReceipt): string {
  const dropped = origin?.droppedTimesS.length ?? 0;
  const parts = [
    ...(origin === null ? [] : [describeFile(origin)]),
    `${video.widthPx}×${video.heightPx}`,
    counted(video.usedTimesS.length, "frame"),
    ...(dropped > 0 ? [`${dropped} like the one before left out`] : []),
    `${counted(video.groupCount, "group")}${video.packing > 1 ? ` of up to ${video.packing}` : ""}`,
    `${video.tokenCount} tokens`,
    ...(origin?.notes.map(describeNote) ?? []),
  ];
  return `✓ ${name}: ${parts.join(" · ")}`;
}

function describeFile({ format, codec, durationS }: VideoOrigin): string {
  return `${format}${codec === null ? "" : ` (${codec})`} · ${durationS.toFixed(1)} s`;
}

/** The object that `--json` prints. */
export function videoToJson({ origin, ...video }: VideoReceipt): object {
  const file = origin === null ? {} : {
    format: origin.format,
    codec: origin.codec,
    duration: origin.durationS,
    frameRate: origin.frameRate,
    frameCount: origin.frameCount,
  };
  return {
    ...file,
    width: video.widthPx,
    height: video.heightPx,
    times: video.usedTimesS,
    dropped: origin?.droppedTimesS ?? [],
    packing: video.packing,
    groups: video.groupCount,
    tokens: video.tokenCount,
    notes: origin?.notes.map(describeNote) ?? [],
  };
}

function describeNote(note: VideoNote): string {
  switch (note.kind) {
    case "turned":
      return `turned by ${note.degrees}°`;
    case "damaged-frames":
      return `${counted(note.count, "damaged frame")} left out`;
    case "limited-groups":
      return `the model holds ${counted(note.groupCount, "group")}`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
