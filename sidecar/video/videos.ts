// What the sidecar knows of each video: which of its frames are sent, then their visual tokens. All of it is cached by
// content and sampling, and any of it may be forgotten. Pixels are never kept.

import type { UserPart, VideoNote, VideoReceipt } from "../../protocol/conversation.ts";
import { decodePicture } from "../image/decode.ts";
import { planSlices } from "../image/slice.ts";
import { joinFloats } from "../floats.ts";
import { LruCache } from "../lru_cache.ts";
import type { Model, ModelDescription } from "../model/model.ts";
import { encodeFrames, type Frame } from "../model/visual_tokens.ts";
import type { TextReader } from "../pictures.ts";
import type { PictureStore } from "../picture_store.ts";
import { chooseMoments } from "./choose_moments.ts";
import { openVideoFile } from "./open_video.ts";
import { openSequence } from "./picture_sequence.ts";
import { chooseFrames, group, MAX_GROUPS, temporalId } from "./sampling.ts";
import { damaged, emptyRange } from "./video_failure.ts";
import type { VideoDescription, VideoSource } from "./video_source.ts";
import { VideoStore } from "./video_store.ts";

type VideoPart = Extract<UserPart, { kind: "video" }>;

/** Memory for visual tokens of videos seen before; 180 groups of the release's take 184 MB. */
const TOKEN_CACHE_BYTES = 384 * 2 ** 20;
/** Memory for receipts and texts. */
const SMALL_CACHE_BYTES = 8 * 2 ** 20;
/** Share of the context that a video may take. */
const CONTEXT_SHARE = 0.6;
/** Tokens of a group beside the visual ones: two markers and a line feed. */
const MARKER_TOKENS = 3;

/** A video that has been looked through, and what sending it means. */
export interface OpenVideo {
  readonly part: VideoPart;
  readonly receipt: VideoReceipt;
  /** Names content and sampling. */
  readonly key: string;
}

/** How work on a video is followed and stopped. */
export interface VideoWatch {
  readonly signal: AbortSignal;
  /** Called with how much is done of how much. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Opens, reads and encodes videos. */
export class Videos {
  readonly #pictures: PictureStore;
  readonly #store: VideoStore;
  readonly #receipts = new LruCache<VideoReceipt>(SMALL_CACHE_BYTES);
  readonly #tokens = new LruCache<Float32Array>(TOKEN_CACHE_BYTES);
  readonly #texts = new LruCache<readonly string[]>(SMALL_CACHE_BYTES);

  constructor(storageFolder: string, pictures: PictureStore) {
    this.#pictures = pictures;
    this.#store = new VideoStore(storageFolder);
  }

  /**
   * Looks through a video and chooses its frames for a model.
   * @throws Failure "video-…"; the signal's reason when it aborts
   */
  async open(part: VideoPart, { config, record }: ModelDescription, watch: VideoWatch): Promise<OpenVideo> {
    const { contextLength } = config.decoder;
    const { queryCount } = config.resampler;
    const maxGroups = Math.min(
      MAX_GROUPS,
      Math.max(1, Math.floor((CONTEXT_SHARE * contextLength) / (queryCount + MARKER_TOKENS))),
    );
    const key = `${record.id} ${JSON.stringify([part.video, part.sampling ?? null])}`;
    const known = this.#receipts.get(key);
    if (known !== undefined) return { part, receipt: known, key };
    await using source = await this.#source(part, watch.signal);
    const receipt = await lookThrough(part, source, { maxGroups, queryCount }, watch);
    this.#receipts.set(key, receipt, 2 * JSON.stringify(receipt).length);
    return { part, receipt, key };
  }

  /**
   * Visual tokens of a video, [groups · queries, hidden] float32. One group of frames is in memory at a time.
   * @throws the signal's reason when it aborts
   */
  async encode(video: OpenVideo, model: Model, watch: VideoWatch): Promise<Float32Array> {
    const cached = this.#tokens.get(video.key);
    if (cached !== undefined) return cached;
    await using source = await this.#source(video.part, watch.signal);
    const { usedTimesS, packing, groupCount, name } = video.receipt;
    const plan = planSlices(sizeOf(source.description), { ...model.config.slicing, maxSliceCount: 1 });
    const groups: Float32Array[] = [];
    let frames: Frame[] = [];
    const finishGroup = async () => {
      groups.push(await encodeFrames(model, frames, plan, { signal: watch.signal }));
      frames = [];
      watch.onProgress(groups.length, groupCount);
    };
    for await (const { index, pixels } of source.frames(usedTimesS, watch.signal)) {
      frames.push({ pixels, time: temporalIdOf(usedTimesS[index] as number, source.description) });
      if (frames.length === packing) await finishGroup();
    }
    if (frames.length > 0) await finishGroup();
    if (groups.length !== groupCount) {
      throw damaged(name, "frames that could be decoded before cannot any more");
    }
    const tokens = joinFloats(groups);
    this.#tokens.set(video.key, tokens, tokens.byteLength);
    return tokens;
  }

  /**
   * Text of the key frames, the first and the last, line by line under the times at which they are shown.
   * @throws the signal's reason when it aborts
   */
  async readText(
    { part, receipt, key }: OpenVideo,
    reader: TextReader,
    watch: VideoWatch,
  ): Promise<readonly string[]> {
    const cached = this.#texts.get(key);
    if (cached !== undefined) return cached;
    const timesS = [...new Set([receipt.usedTimesS[0] as number, receipt.usedTimesS.at(-1) as number])];
    await using source = await this.#source(part, watch.signal);
    const lines: string[] = [];
    for await (const { index, pixels } of source.frames(timesS, watch.signal)) {
      const read = await reader.read(pixels, {
        signal: watch.signal,
        onProgress: (_, done, total) => watch.onProgress(done, total),
      });
      const heading = timesS.length > 1 ? [`[${(timesS[index] as number).toFixed(1)}s]`] : [];
      if (read.lines.length > 0) lines.push(...heading, ...read.lines.map(({ text }) => text));
    }
    this.#texts.set(key, lines, 2 * lines.join("\n").length);
    return lines;
  }

  /** Forgets everything. */
  clear(): void {
    this.#receipts.clear();
    this.#tokens.clear();
    this.#texts.clear();
  }

  async #source({ video }: VideoPart, signal: AbortSignal): Promise<VideoSource> {
    if (!("frames" in video)) return await openVideoFile(await this.#store.pathOf(video, signal), video.name);
    return await openSequence(
      video,
      async (picture, signal) => decodePicture(await this.#pictures.read(picture), picture.name, { signal }),
      signal,
    );
  }
}

async function lookThrough(
  { video, sampling = {} }: VideoPart,
  source: VideoSource,
  { maxGroups, queryCount }: { readonly maxGroups: number; readonly queryCount: number },
  { signal, onProgress }: VideoWatch,
): Promise<VideoReceipt> {
  const { description } = source;
  const { frameRate } = description;
  const range = rangeOf(description, sampling.fromS, sampling.toS);
  if (range.frameCount < 1) throw emptyRange(video.name, description.durationS);
  const choice = chooseFrames({ frameCount: range.frameCount, frameRate }, { ...sampling, maxGroups });
  const timesS = choice.indices.map((index) => (range.first + index) / frameRate);
  const moments = await chooseMoments(source, timesS, {
    stillFrames: sampling.stillFrames ?? "auto",
    signal,
    onLook: (count) => onProgress(Math.min(count, timesS.length), timesS.length),
  });
  const { usedS, droppedS, damagedCount } = moments;
  if (usedS.length === 0) throw damaged(video.name, "none of its frames can be decoded");
  // With fewer frames than were planned for, fewer need to share tokens.
  const packing = sampling.packing ?? Math.min(choice.packing, Math.ceil(usedS.length / maxGroups));
  const groupCount = group(usedS, packing).length;
  const notes: VideoNote[] = [...description.notes];
  if (damagedCount > 0) notes.push({ kind: "damaged-frames", count: damagedCount });
  if (maxGroups < MAX_GROUPS && groupCount === maxGroups) notes.push({ kind: "limited-groups", groupCount });
  const { format, codec, durationS, frameCount, widthPx, heightPx } = description;
  return {
    sha256: "sha256" in video ? video.sha256 : null,
    name: video.name,
    ...{ format, codec, durationS, frameRate, frameCount, widthPx, heightPx },
    usedTimesS: usedS,
    droppedTimesS: droppedS,
    packing,
    groupCount,
    tokenCount: groupCount * queryCount,
    notes,
  };
}

/** The frames of a part of a video. */
function rangeOf({ frameCount, frameRate }: VideoDescription, fromS = 0, toS = Infinity) {
  const first = Math.max(0, Math.ceil(fromS * frameRate - ROUNDING));
  const end = Math.min(frameCount, Math.ceil(toS * frameRate - ROUNDING));
  return { first, frameCount: end - first };
}

/** Frames by which a product of time and rate may miss a whole number. */
const ROUNDING = 1e-6;

function temporalIdOf(timeS: number, { frameCount, frameRate }: VideoDescription): number {
  return temporalId(timeS, frameCount / frameRate);
}

function sizeOf({ widthPx, heightPx }: VideoDescription) {
  return { width: widthPx, height: heightPx };
}
