// What the sidecar knows of each picture: pixels while needed, then its receipt, text and visual tokens. All of it is
// cached by content, and any of it may be forgotten: requests carry what is needed to make it again.

import type { PictureReceipt, PictureRef, TextLine } from "../protocol/conversation.ts";
import { type DecodedPicture, decodePicture } from "./image/decode.ts";
import type { Pixels } from "./image/pixels.ts";
import { planSlices, sliceCount, type SlicePlan } from "./image/slice.ts";
import { LruCache } from "./lru_cache.ts";
import type { Model, ModelDescription } from "./model/model.ts";
import { encodeFrames } from "./model/visual_tokens.ts";
import type { PictureStore } from "./picture_store.ts";

/** Memory for visual tokens of pictures seen before; the release's take up to 10 MB a picture. */
const TOKEN_CACHE_BYTES = 256 * 2 ** 20;
/** Memory for text lines of pictures seen before. */
const TEXT_CACHE_BYTES = 16 * 2 ** 20;
/** Time of a frame that is no video frame. */
const STILL = -1;

/** Text of a picture as the text reader gives it. */
export interface ReadText {
  /** The lines in reading order, with blank lines between blocks. */
  readonly text: string;
  readonly lines: readonly TextLine[];
}

/** Reads the text of pictures. */
export interface TextReader extends Disposable {
  read(
    picture: Pixels,
    options?: {
      readonly signal?: AbortSignal;
      readonly onProgress?: (stage: "detect" | "recognise", done: number, total: number) => void;
    },
  ): Promise<ReadText>;
}

/** A decoded picture and what sending it means. */
export interface OpenPicture {
  readonly ref: PictureRef;
  readonly receipt: PictureReceipt;
  readonly plan: SlicePlan;
  readonly pixels: Pixels;
}

/** Decodes, reads and encodes pictures of the store. */
export class Pictures {
  readonly #store: PictureStore;
  readonly #tokens = new LruCache<Float32Array>(TOKEN_CACHE_BYTES);
  readonly #texts = new LruCache<ReadText>(TEXT_CACHE_BYTES);

  constructor(store: PictureStore) {
    this.#store = store;
  }

  /**
   * Decodes a picture.
   * @throws Failure "picture-…"; the signal's reason when it aborts
   */
  async decode(ref: PictureRef, signal?: AbortSignal): Promise<DecodedPicture> {
    return await decodePicture(await this.#store.read(ref), ref.name, { signal });
  }

  /**
   * Decodes a picture and plans its slices for a model.
   * @throws Failure "picture-…"; the signal's reason when it aborts
   */
  async open(ref: PictureRef, { config }: ModelDescription, signal?: AbortSignal): Promise<OpenPicture> {
    const { pixels, format, notes } = await this.decode(ref, signal);
    const plan = planSlices(pixels, config.slicing);
    const count = sliceCount(plan);
    const receipt: PictureReceipt = {
      sha256: ref.sha256,
      name: ref.name,
      format,
      widthPx: pixels.width,
      heightPx: pixels.height,
      grid: plan.refined?.grid ?? null,
      sliceCount: count,
      tokenCount: count * config.resampler.queryCount,
      notes,
    };
    return { ref, receipt, plan, pixels };
  }

  /**
   * The text of a picture.
   * @throws the signal's reason when it aborts
   */
  async readText(
    { ref, pixels }: Pick<OpenPicture, "ref" | "pixels">,
    reader: TextReader,
    options: Parameters<TextReader["read"]>[1],
  ): Promise<ReadText> {
    const cached = this.#texts.get(ref.sha256);
    if (cached !== undefined) return cached;
    const read = await reader.read(pixels, options);
    // A line holds its box and text; 200 bytes stand for the objects around them.
    this.#texts.set(ref.sha256, read, 2 * read.text.length + 200 * read.lines.length);
    return read;
  }

  /**
   * Visual tokens of a picture, [slices · queries, hidden] float32.
   * @param onSlice called with how many slices are done
   * @throws the signal's reason when it aborts
   */
  async encode(
    { ref, plan, pixels }: OpenPicture,
    model: Model,
    signal: AbortSignal,
    onSlice: (done: number) => void,
  ): Promise<Float32Array> {
    const key = `${model.record.id} ${ref.sha256}`;
    const cached = this.#tokens.get(key);
    if (cached !== undefined) return cached;
    let done = 0;
    const tokens = await encodeFrames(model, [{ pixels, time: STILL }], plan, {
      signal,
      onSlice: () => onSlice(++done),
    });
    this.#tokens.set(key, tokens, tokens.byteLength);
    return tokens;
  }

  /** Forgets everything. */
  clear(): void {
    this.#tokens.clear();
    this.#texts.clear();
  }
}
