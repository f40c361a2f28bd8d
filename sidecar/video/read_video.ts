// From a video file to the frames that a model is to see of it. Frames are decoded twice, to be looked at and to be
// taken, so that no more than a few are in memory at a time.

import type { Video, VideoFrame, VideoNote } from "../../protocol/conversation.ts";
import type { ReadProgress, ReadRequest } from "../../protocol/video_reader.ts";
import { group, MAX_GROUPS } from "../model/video_groups.ts";
import { chooseMoments } from "./choose_moments.ts";
import type { FrameWriter } from "./frame_writer.ts";
import { openVideoFile } from "./open_video.ts";
import { chooseFrames } from "./sampling.ts";
import { damaged, emptyRange } from "./video_failure.ts";
import type { VideoDescription, VideoSource } from "./video_source.ts";

/** Frames by which a product of time and rate may miss a whole number. */
const ROUNDING = 1e-6;

/**
 * Chooses frames of a video and writes them.
 * @throws Failure "video-…" or "storage-failed"
 */
export async function readVideo(
  request: Omit<ReadRequest, "folder">,
  writer: FrameWriter,
  onProgress: (progress: ReadProgress) => void,
): Promise<Video> {
  const { path, name, sampling, maxGroups } = request;
  await using source = await openVideoFile(path, name);
  const { description } = source;
  const { timesS, packing: planned } = planMoments(description, request);
  const moments = await chooseMoments(source, timesS, {
    stillFrames: sampling.stillFrames ?? "auto",
    onLook: (done) =>
      onProgress({ stage: "looking", done: Math.min(done, timesS.length), total: timesS.length }),
  });
  const frames = await takeFrames(source, moments.usedS, name, writer, onProgress);
  if (frames.length === 0) throw damaged(name, "none of its frames can be decoded");
  const damagedCount = moments.damagedCount + moments.usedS.length - frames.length;
  // With fewer frames than were planned for, fewer need to share tokens.
  const packing = sampling.packing ?? Math.min(planned, Math.ceil(frames.length / maxGroups));
  const groupCount = group(frames, packing).length;
  const notes: VideoNote[] = [...description.notes];
  if (damagedCount > 0) notes.push({ kind: "damaged-frames", count: damagedCount });
  if (maxGroups < MAX_GROUPS && groupCount === maxGroups) notes.push({ kind: "limited-groups", groupCount });
  const { format, codec, durationS, frameRate, frameCount } = description;
  const origin = { format, codec, durationS, frameRate, frameCount, droppedTimesS: moments.droppedS, notes };
  return { name, frames, packing, origin };
}

/** The moments of the part that was asked for, as the model card spreads them. */
function planMoments(
  description: VideoDescription,
  { name, sampling, maxGroups }: Omit<ReadRequest, "folder">,
) {
  const { frameRate, durationS } = description;
  const { fromS = 0, toS = Infinity } = sampling;
  const first = Math.max(0, Math.ceil(fromS * frameRate - ROUNDING));
  const end = Math.min(description.frameCount, Math.ceil(toS * frameRate - ROUNDING));
  if (end <= first) throw emptyRange(name, durationS);
  const { indices, packing } = chooseFrames({ frameCount: end - first, frameRate }, {
    ...sampling,
    maxGroups,
  });
  return { timesS: indices.map((index) => (first + index) / frameRate), packing };
}

async function takeFrames(
  source: VideoSource,
  timesS: readonly number[],
  name: string,
  writer: FrameWriter,
  onProgress: (progress: ReadProgress) => void,
): Promise<VideoFrame[]> {
  const frames: VideoFrame[] = [];
  for await (const { index, pixels } of source.frames(timesS)) {
    const timeS = timesS[index] as number;
    frames.push({ picture: await writer.write(pixels, `${name} ${timeS.toFixed(1)}s`), timeS });
    onProgress({ stage: "taking", done: frames.length, total: timesS.length });
  }
  return frames;
}
