// What the sidecar knows of each video: frames in the picture store, with times. Which frames those are was decided
// elsewhere; here they are grouped and encoded.

import type { Video, VideoFrame, VideoReceipt } from "../protocol/conversation.ts";
import { videoFailure } from "../protocol/errors.ts";
import { planSlices, type Size, type SlicePlan } from "./image/slice.ts";
import type { Model, ModelDescription } from "./model/model.ts";
import { group, MAX_GROUPS, MAX_PACKING, maxGroupsOf, temporalId } from "./model/video_groups.ts";
import { encodeFrames, type Frame } from "./model/visual_tokens.ts";
import type { NamedTokens, Pictures, TextReader } from "./pictures.ts";

/** Seconds for which the only frame of a list is shown. */
const USUAL_FRAME_S = 1;

/** A video whose groups are planned, and what sending it means. */
export interface OpenVideo {
  readonly video: Video;
  readonly receipt: VideoReceipt;
  readonly groups: readonly (readonly VideoFrame[])[];
  readonly plan: SlicePlan;
}

/** How work on a video is followed and stopped. */
export interface VideoWatch {
  readonly signal: AbortSignal;
  /** Called with how much is done of how much. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Groups, reads and encodes videos. */
export class Videos {
  readonly #pictures: Pictures;

  constructor(pictures: Pictures) {
    this.#pictures = pictures;
  }

  /**
   * Plans the groups of a video for a model.
   * @throws Failure "video-…" or "picture-…"; the signal's reason when it aborts
   */
  async open(video: Video, { config }: ModelDescription, signal: AbortSignal): Promise<OpenVideo> {
    const first = checkFrames(video);
    const { widthPx: width, heightPx: height } = await this.#pictures.facts(first.picture, signal);
    const packing = choosePacking(video, maxGroupsOf(config));
    const groups = group(video.frames, packing);
    const receipt: VideoReceipt = {
      name: video.name,
      origin: video.origin ?? null,
      widthPx: width,
      heightPx: height,
      usedTimesS: video.frames.map(({ timeS }) => timeS),
      packing,
      groupCount: groups.length,
      tokenCount: groups.length * config.resampler.queryCount,
    };
    const plan = planSlices({ width, height }, { ...config.slicing, maxSliceCount: 1 });
    return { video, receipt, groups, plan };
  }

  /**
   * Visual tokens of each group of a video.
   * @throws Failure "video-damaged" or "picture-…"; the signal's reason when it aborts
   */
  async encode(
    { video, receipt, groups, plan }: OpenVideo,
    model: Model,
    watch: VideoWatch,
  ): Promise<NamedTokens[]> {
    const durationS = durationOf(video);
    const size = { width: receipt.widthPx, height: receipt.heightPx };
    const encoded: NamedTokens[] = [];
    for (const frames of groups) {
      const timed = frames.map(({ picture, timeS }) => ({ picture, time: temporalId(timeS, durationS) }));
      const content = timed.map(({ picture, time }) => `${picture.sha256}@${time}`).join(" ");
      const owner = (timed[0] as typeof timed[number]).picture.sha256;
      const compute = async () => {
        const decoded: Frame[] = [];
        for (const { picture, time } of timed) {
          const pixels = await this.#pictures.pixels(picture, watch.signal);
          checkSize(pixels, size, video.name);
          decoded.push({ pixels, time });
        }
        return await encodeFrames(model, decoded, plan, { signal: watch.signal });
      };
      encoded.push(await this.#pictures.recallTokens(owner, `${model.identity} ${content}`, compute));
      watch.onProgress(encoded.length, groups.length);
    }
    return encoded;
  }

  /**
   * Text of the key frames, the first and the last, line by line under the times at which they are shown.
   * @throws Failure "picture-…"; the signal's reason when it aborts
   */
  async readText(
    { video }: OpenVideo,
    openReader: () => Promise<TextReader>,
    watch: VideoWatch,
  ): Promise<readonly string[]> {
    const { frames } = video;
    const keyFrames = frames.length > 1 ? [...frames.slice(0, 1), ...frames.slice(-1)] : frames;
    const texts: string[] = [];
    for (const { picture, timeS } of keyFrames) {
      const { lines } = await this.#pictures.readText(picture, openReader, {
        signal: watch.signal,
        onProgress: (_, done, total) => watch.onProgress(done, total),
      });
      const heading = keyFrames.length > 1 ? [`[${timeS.toFixed(1)}s]`] : [];
      if (lines.length > 0) texts.push(...heading, ...lines.map(({ text }) => text));
    }
    return texts;
  }
}

/** The first frame of a list that can be a video. */
function checkFrames({ name, frames }: Video): VideoFrame {
  const first = frames[0];
  if (first === undefined) throw videoFailure("video-without-pictures", name, "it holds no pictures");
  const isOrdered = frames.every(({ timeS }, i) =>
    timeS >= 0 && (i === 0 || timeS > (frames[i - 1]?.timeS ?? 0))
  );
  if (!isOrdered) throw videoFailure("video-damaged", name, "the times of its pictures do not ascend");
  return first;
}

function choosePacking({ name, frames, packing }: Video, maxGroups: number): number {
  if (packing !== undefined && !(Number.isInteger(packing) && packing >= 1 && packing <= MAX_PACKING)) {
    throw new RangeError(`a group holds 1 to ${MAX_PACKING} frames, not ${packing}`);
  }
  const chosen = packing ?? Math.min(Math.ceil(frames.length / maxGroups), MAX_PACKING);
  const most = MAX_GROUPS * chosen;
  if (frames.length <= most) return chosen;
  throw videoFailure(
    "video-too-long",
    name,
    `it has ${frames.length} frames, and the model takes ${most} of them in groups of ${chosen}. Give fewer frames`,
  );
}

function checkSize({ width, height }: Size, expected: Size, name: string): void {
  if (width === expected.width && height === expected.height) return;
  throw videoFailure("video-damaged", name, "its pictures differ in size");
}

/** Seconds over which temporal ids may spread. */
function durationOf({ frames, origin }: Video): number {
  if (origin !== undefined) return origin.frameCount / origin.frameRate;
  const firstS = frames[0]?.timeS ?? 0;
  const lastS = frames.at(-1)?.timeS ?? 0;
  return lastS + (frames.length > 1 ? (lastS - firstS) / (frames.length - 1) : USUAL_FRAME_S);
}
