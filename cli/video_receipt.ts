// What is told of a video on the terminal.

import type { VideoNote, VideoReceipt } from "../protocol/conversation.ts";

/** A line for people. */
export function describeVideo(video: VideoReceipt): string {
  const { usedTimesS, droppedTimesS, packing } = video;
  const parts = [
    `${video.format}${video.codec === null ? "" : ` (${video.codec})`}`,
    `${video.durationS.toFixed(1)} s`,
    `${video.widthPx}×${video.heightPx}`,
    counted(usedTimesS.length, "frame"),
    ...(droppedTimesS.length > 0 ? [`${droppedTimesS.length} like the one before left out`] : []),
    `${counted(video.groupCount, "group")}${packing > 1 ? ` of up to ${packing}` : ""}`,
    `${video.tokenCount} tokens`,
    ...video.notes.map(describeNote),
  ];
  return `✓ ${video.name}: ${parts.join(" · ")}`;
}

/** The object that `--json` prints. */
export function videoToJson(video: VideoReceipt): object {
  const { format, codec, durationS, frameRate, frameCount, widthPx, heightPx } = video;
  return {
    ...{ format, codec, duration: durationS, frameRate, frameCount, width: widthPx, height: heightPx },
    times: video.usedTimesS,
    dropped: video.droppedTimesS,
    packing: video.packing,
    groups: video.groupCount,
    tokens: video.tokenCount,
    notes: video.notes.map(describeNote),
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
