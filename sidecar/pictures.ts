// What the sidecar knows of each picture: pixels while needed, then its receipt, text and visual tokens. All of it is
// cached by content, and any of it may be forgotten: requests carry what is needed to make it again. What took long
// is kept on disk too, so that a conversation reopens without decoding, reading or encoding anything.

import type { PictureReceipt, PictureRef, TextLine } from "../protocol/conversation.ts";
import type { DiskCache } from "./disk_cache.ts";
import { type DecodedPicture, decodePicture } from "./image/decode.ts";
import type { Pixels } from "./image/pixels.ts";
import { planSlices, sliceCount, type SlicePlan } from "./image/slice.ts";
import { LruCache } from "./lru_cache.ts";
import type { Model, ModelDescription } from "./model/model.ts";
import { encodeFrames } from "./model/visual_tokens.ts";
import type { PictureStore } from "./picture_store.ts";

/** Memory for visual tokens seen before; the release's take up to 10 MB a picture, 184 MB the longest video. */
const TOKEN_CACHE_BYTES = 384 * 2 ** 20;
/** Memory for text lines and sizes of pictures seen before. */
const TEXT_CACHE_BYTES = 16 * 2 ** 20;
/** Memory for decoded pictures between the stages of one request; the largest picture that is taken has 300 MB. */
const PIXEL_CACHE_BYTES = 320 * 2 ** 20;
/** Raised when a picture gives other pixels, notes or lines than before. */
const FACTS_VERSION = "facts 1";
const TEXT_VERSION = "text 1";
const TOKENS_VERSION = "tokens 1";
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

/** A picture that can be decoded, and what sending it means. */
export interface OpenPicture {
  readonly ref: PictureRef;
  readonly receipt: PictureReceipt;
  readonly plan: SlicePlan;
}

/** Visual tokens of a picture or of a group of frames. */
export interface NamedTokens {
  /** Equal for equal tokens. */
  readonly name: string;
  /** [slices · queries, hidden] float32. */
  readonly tokens: Float32Array;
}

/** What decoding tells of a picture besides its pixels. */
type PictureFacts = Pick<PictureReceipt, "format" | "widthPx" | "heightPx" | "notes">;

/** Decodes, reads and encodes pictures of the store. */
export class Pictures {
  readonly #store: PictureStore;
  readonly #disk: DiskCache;
  readonly #facts = new LruCache<PictureFacts>(TEXT_CACHE_BYTES);
  readonly #pixels = new LruCache<Pixels>(PIXEL_CACHE_BYTES);
  readonly #tokens = new LruCache<Float32Array>(TOKEN_CACHE_BYTES);
  readonly #texts = new LruCache<ReadText>(TEXT_CACHE_BYTES);

  /** @param disk where to keep what took long */
  constructor(store: PictureStore, disk: DiskCache) {
    this.#store = store;
    this.#disk = disk;
  }

  /**
   * Decodes a picture, or finds its pixels from an earlier stage.
   * @throws Failure "picture-…"; the signal's reason when it aborts
   */
  async pixels(ref: PictureRef, signal?: AbortSignal): Promise<Pixels> {
    return this.#pixels.get(ref.sha256) ?? (await this.#decode(ref, signal)).pixels;
  }

  /**
   * What decoding tells of a picture; decodes it only where it has not been seen before.
   * @throws Failure "picture-…"; the signal's reason when it aborts
   */
  async facts(ref: PictureRef, signal?: AbortSignal): Promise<PictureFacts> {
    const known = this.#facts.get(ref.sha256) ??
      parseJson<PictureFacts>(await this.#disk.get(ref.sha256, FACTS_VERSION));
    if (known !== undefined && await this.#store.has(ref.sha256)) return known;
    const { pixels, format, notes } = await this.#decode(ref, signal);
    const facts = { format, widthPx: pixels.width, heightPx: pixels.height, notes };
    this.#facts.set(ref.sha256, facts, 2 * JSON.stringify(facts).length);
    await this.#disk.set(ref.sha256, FACTS_VERSION, toJson(facts));
    return facts;
  }

  /**
   * Says what a picture is and plans its slices for a model.
   * @throws Failure "picture-…"; the signal's reason when it aborts
   */
  async open(ref: PictureRef, { config }: ModelDescription, signal?: AbortSignal): Promise<OpenPicture> {
    const facts = await this.facts(ref, signal);
    const plan = planSlices({ width: facts.widthPx, height: facts.heightPx }, config.slicing);
    const count = sliceCount(plan);
    const receipt: PictureReceipt = {
      sha256: ref.sha256,
      name: ref.name,
      format: facts.format,
      widthPx: facts.widthPx,
      heightPx: facts.heightPx,
      grid: plan.refined?.grid ?? null,
      sliceCount: count,
      tokenCount: count * config.resampler.queryCount,
      notes: facts.notes,
    };
    return { ref, receipt, plan };
  }

  /**
   * The text of a picture.
   * @param openReader gives the text reader when it is needed
   * @throws Failure; the signal's reason when it aborts
   */
  async readText(
    ref: PictureRef,
    openReader: () => Promise<TextReader>,
    options: Parameters<TextReader["read"]>[1] = {},
  ): Promise<ReadText> {
    const known = this.#texts.get(ref.sha256) ??
      parseJson<ReadText>(await this.#disk.get(ref.sha256, TEXT_VERSION));
    const read = known ?? await (await openReader()).read(await this.pixels(ref, options.signal), options);
    // A line holds its box and text; 200 bytes stand for the objects around them.
    this.#texts.set(ref.sha256, read, 2 * read.text.length + 200 * read.lines.length);
    if (known === undefined) await this.#disk.set(ref.sha256, TEXT_VERSION, toJson(read));
    return read;
  }

  /**
   * Visual tokens of a picture.
   * @param onSlice called with how many slices are done
   * @throws Failure "picture-…"; the signal's reason when it aborts
   */
  async encode(
    { ref, plan }: OpenPicture,
    model: Model,
    signal: AbortSignal,
    onSlice: (done: number) => void,
  ): Promise<NamedTokens> {
    return await this.recallTokens(ref.sha256, `${model.identity} ${ref.sha256}`, async () => {
      let done = 0;
      return await encodeFrames(model, [{ pixels: await this.pixels(ref, signal), time: STILL }], plan, {
        signal,
        onSlice: () => onSlice(++done),
      });
    });
  }

  /**
   * Visual tokens from memory, from disk, or else computed and kept.
   * @param owner hash of the picture whose removal ends their life on disk
   * @param name of model and content
   */
  async recallTokens(
    owner: string,
    name: string,
    compute: () => Promise<Float32Array<ArrayBuffer>>,
  ): Promise<NamedTokens> {
    const cached = this.#tokens.get(name);
    if (cached !== undefined) return { name, tokens: cached };
    const key = `${TOKENS_VERSION} ${name}`;
    const stored = await this.#disk.get(owner, key);
    const tokens = stored === undefined ? await compute() : new Float32Array(stored.buffer);
    this.#tokens.set(name, tokens, tokens.byteLength);
    if (stored === undefined) await this.#disk.set(owner, key, new Uint8Array(tokens.buffer));
    return { name, tokens };
  }

  /** Forgets decoded pictures; a request that has its visual tokens needs them no more. */
  releasePixels(): void {
    this.#pixels.clear();
  }

  /** Removes from disk what came from pictures that are gone. */
  async removeOrphans(): Promise<void> {
    await this.#disk.removeOrphans((sha256) => this.#store.has(sha256));
  }

  /** Forgets everything in memory. */
  clear(): void {
    this.#facts.clear();
    this.#pixels.clear();
    this.#tokens.clear();
    this.#texts.clear();
  }

  async #decode(ref: PictureRef, signal?: AbortSignal): Promise<DecodedPicture> {
    const decoded = await decodePicture(await this.#store.read(ref), ref.name, { signal });
    this.#pixels.set(ref.sha256, decoded.pixels, decoded.pixels.data.byteLength);
    return decoded;
  }
}

function parseJson<T>(bytes: Uint8Array | undefined): T | undefined {
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes)) as T;
}

function toJson(value: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
