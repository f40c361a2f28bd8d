// Animated GIF and WebP: frames stored as pages of a picture. Beside the picture decoder the only file that knows sharp.

import type { Pixels } from "../image/pixels.ts";
import { damaged } from "./video_failure.ts";
import type { VideoDescription, VideoSource } from "./video_source.ts";

/** Pages are decoded in stretches, because each stretch begins at the first page again. */
const STRETCH_BYTES = 64 * 2 ** 20;
const MAX_PIXELS = 100_000_000;
/** A frame's own time must find that frame. */
const ROUNDING_S = 0.001;
/** What browsers show frames for that ask for less. */
const SHORTEST_DELAY_MS = 20;
const USUAL_DELAY_MS = 100;

/**
 * Opens an animation.
 * @throws Failure "video-damaged"
 */
export async function openAnimation(path: string, name: string): Promise<VideoSource> {
  const { default: sharp } = await import("sharp");
  sharp.cache(false); // Frames are decoded once; a cache would only hold memory.
  const header = await sharp(path, { pages: -1, limitInputPixels: false }).metadata().catch(
    (cause: unknown) => {
      throw damaged(name, "its header cannot be read", cause);
    },
  );
  const { width, format, pages = 1, delay = [] } = header;
  const height = header.pageHeight ?? header.height;
  if (width * height > MAX_PIXELS) throw damaged(name, `frames of ${width}×${height} pixels are too large`);
  const startsS: number[] = [];
  let durationS = 0;
  for (let page = 0; page < pages; page++) {
    startsS.push(durationS);
    const asked = delay[page] ?? USUAL_DELAY_MS;
    durationS += (asked < SHORTEST_DELAY_MS ? USUAL_DELAY_MS : asked) / 1000;
  }
  const description: VideoDescription = {
    format: format ?? "gif",
    codec: null,
    durationS,
    frameRate: pages / durationS,
    frameCount: pages,
    widthPx: width,
    heightPx: height,
    notes: [],
  };
  return new Animation(path, startsS, description);
}

class Animation implements VideoSource {
  readonly description: VideoDescription;
  readonly #path: string;
  readonly #startsS: readonly number[];

  constructor(path: string, startsS: readonly number[], description: VideoDescription) {
    this.#path = path;
    this.#startsS = startsS;
    this.description = description;
  }

  async *frames(timesS: readonly number[]) {
    const pages = timesS.map((timeS) =>
      Math.max(0, this.#startsS.findLastIndex((start) => start <= timeS + ROUNDING_S))
    );
    const { widthPx: width, heightPx: height } = this.description;
    const stretch = Math.max(1, Math.floor(STRETCH_BYTES / (width * height * 4)));
    let first = 0;
    let loaded: Pixels[] = [];
    for (const [index, page] of pages.entries()) {
      if (page >= first + loaded.length || page < first) {
        const last = pages.findLast((other) => other < page + stretch) ?? page;
        first = page;
        loaded = await this.#load(page, last - page + 1);
      }
      const pixels = loaded[page - first];
      if (pixels !== undefined) yield { index, pixels };
    }
  }

  /** Pages one after another; none where one of them is damaged. */
  async #load(page: number, count: number): Promise<Pixels[]> {
    const { default: sharp } = await import("sharp");
    const { widthPx: width, heightPx: height } = this.description;
    try {
      const { data } = await sharp(this.#path, { page, pages: count, limitInputPixels: false })
        .flatten({ background: "#ffffff" }).toColourspace("srgb").raw({ depth: "uchar" })
        .toBuffer({ resolveWithObject: true });
      const byteLength = width * height * 3;
      return Array.from(
        { length: Math.floor(data.length / byteLength) },
        (_, i) => ({ width, height, data: data.subarray(i * byteLength, (i + 1) * byteLength) }),
      );
    } catch {
      return count > 1 ? await this.#load(page, 1) : [];
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
