// Finds text: PP-OCRv4's detector gives a probability map, whose regions become boxes.
// @see Liao et al., Real-time Scene Text Detection with Differentiable Binarization; PaddleOCR, db_postprocess.py

import { breathe } from "../breathe.ts";
import type { Pixels } from "../image/pixels.ts";
import { resizeBicubic } from "../image/resize.ts";
import { allocate } from "../onnx/element_type.ts";
import { findComponents, type ProbabilityMap } from "./components.ts";
import { convexHull, cornersOf, grow, type Quad, smallestRectangle } from "./geometry.ts";
import type { Network } from "./network.ts";

/** The network halves sizes five times. */
const STRIDE = 32;
/**
 * Longest side of the part of a tile whose result is kept. A run takes 230 MB a megapixel, which ONNX Runtime keeps for
 * the next; to give it back each time would double the time.
 */
const MAX_CORE = 1280;
/** What a tile sees around its core, so that a line on a seam is found from both sides. */
const MARGIN = 64;
/**
 * Larger pictures are made smaller for detection, which bounds time and memory. PaddleOCR stops at a side of 960 pixels,
 * where the text of a screen becomes too small to be found; this keeps a screen of 5120×2880 as it is.
 */
const MAX_PIXELS = 16e6;
/** Of ImageNet, for the channels in the order in which the network takes them: blue, green, red. */
const MEANS = [0.485, 0.456, 0.406] as const;
const DEVIATIONS = [0.229, 0.224, 0.225] as const;

/** A pixel this likely to be text belongs to a region. PaddleOCR's value, of 255. */
const PIXEL_THRESHOLD = 0.3 * 255;
/** Least mean probability of a box. PaddleOCR has 0.6, and misses pale text. */
const BOX_THRESHOLD = 0.5 * 255;
/** The network learned regions shrunk by this much; boxes grow back by it. */
const UNCLIP_RATIO = 1.5;
/** Thinner regions are noise. */
const MIN_REGION_PX = 3;

/** How work is followed and stopped. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** PP-OCRv4's text detector. */
export class Detector implements Disposable {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  /**
   * Boxes of the text in a picture, in no order.
   * @throws the signal's reason when it aborts
   */
  async detect(picture: Pixels, watch: Watch = {}): Promise<Quad[]> {
    const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (picture.width * picture.height)));
    const size = {
      width: Math.max(1, Math.round(picture.width * scale)),
      height: Math.max(1, Math.round(picture.height * scale)),
    };
    const page = await resizeBicubic(picture, size, watch.signal);
    const map = await this.#probabilities(page, watch);
    const boxes: Quad[] = [];
    for (const { outline, mass } of await findComponents(map, PIXEL_THRESHOLD, watch.signal)) {
      const region = smallestRectangle(convexHull(outline));
      const { width, height } = region;
      if (Math.min(width, height) < MIN_REGION_PX || mass < BOX_THRESHOLD * width * height) continue;
      const distance = (width * height * UNCLIP_RATIO) / (2 * (width + height));
      const corners = cornersOf(grow(region, distance), page);
      boxes.push(corners.map(([x, y]) => [round(x / scale), round(y / scale)] as const) as unknown as Quad);
    }
    return boxes;
  }

  async #probabilities(page: Pixels, { signal, onProgress }: Watch): Promise<ProbabilityMap> {
    const data = new Uint8Array(page.width * page.height);
    const tiles = planTiles(page.width, page.height);
    for (const [i, tile] of tiles.entries()) {
      onProgress?.(i, tiles.length);
      const { width, height } = tile;
      const values = await cutTile(page, tile, signal);
      const output = await this.#network.run(values, [1, 3, height, width], [1, 1, height, width], signal);
      await keepCore(output, tile, data, page.width, signal);
    }
    onProgress?.(tiles.length, tiles.length);
    return { width: page.width, height: page.height, data };
  }

  [Symbol.dispose](): void {
    this.#network[Symbol.dispose]();
  }
}

/** A part of the page as the network sees it, and the part of that whose result is kept. */
export interface Tile {
  /** Position on the page; negative where the tile reaches over its edge. */
  readonly left: number;
  readonly top: number;
  /** Multiples of 32. */
  readonly width: number;
  readonly height: number;
  /** On the page. */
  readonly core: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
}

/** Covers a page with tiles whose cores do not overlap. */
export function planTiles(width: number, height: number): Tile[] {
  return cutSide(height).flatMap(({ from: top, to: bottom, start: y, length: tileHeight }) =>
    cutSide(width).map(({ from: left, to: right, start: x, length: tileWidth }) => ({
      left: x,
      top: y,
      width: tileWidth,
      height: tileHeight,
      core: { left, top, right, bottom },
    }))
  );
}

function cutSide(length: number) {
  const count = Math.ceil(length / MAX_CORE);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((length * i) / count);
    const to = Math.floor((length * (i + 1)) / count);
    const wanted = to - from + (count > 1 ? 2 * MARGIN : STRIDE);
    const padded = Math.ceil(wanted / STRIDE) * STRIDE;
    return { from, to, start: from - Math.floor((padded - (to - from)) / 2), length: padded };
  });
}

/** A tile as [3, height, width] float32, normalised; the page's edge goes on beyond it. */
async function cutTile(page: Pixels, tile: Tile, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
  const { width, height } = tile;
  const plane = width * height;
  const values = allocate("float32", 3 * plane);
  const tables = MEANS.map((mean, channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / (DEVIATIONS[channel] as number))
  );
  const [blue, green, red] = tables as [Float32Array, Float32Array, Float32Array];
  const pause = breathe(signal);
  for (let y = 0; y < height; y++) {
    const row = clamp(tile.top + y, page.height) * page.width;
    for (let x = 0, out = y * width; x < width; x++, out++) {
      const at = (row + clamp(tile.left + x, page.width)) * 3;
      values[out] = blue[page.data[at + 2] as number] as number;
      values[plane + out] = green[page.data[at + 1] as number] as number;
      values[2 * plane + out] = red[page.data[at] as number] as number;
    }
    if (pause.isDue) await pause.now();
  }
  return values;
}

/** To a tenth of a pixel. */
function round(position: number): number {
  return Math.round(position * 10) / 10;
}

function clamp(position: number, length: number): number {
  return position < 0 ? 0 : position >= length ? length - 1 : position;
}

async function keepCore(
  output: Float32Array,
  { left, top, width, core }: Tile,
  map: Uint8Array,
  mapWidth: number,
  signal?: AbortSignal,
): Promise<void> {
  const pause = breathe(signal);
  for (let y = core.top; y < core.bottom; y++) {
    const row = (y - top) * width - left;
    for (let x = core.left; x < core.right; x++) {
      map[y * mapWidth + x] = (output[row + x] as number) * 255;
    }
    if (pause.isDue) await pause.now();
  }
}
