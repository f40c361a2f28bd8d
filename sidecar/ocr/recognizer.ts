// Reads the text of boxes with PP-OCRv4's recogniser, several at once.

import { breathe } from "../breathe.ts";
import type { Pixels } from "../image/pixels.ts";
import { allocate } from "../onnx/element_type.ts";
import type { Alphabet, Reading } from "./ctc.ts";
import type { Watch } from "./detector.ts";
import { type Quad, sizeOf } from "./geometry.ts";
import type { Network } from "./network.ts";
import { drawStrip } from "./strip.ts";

/** Height of the strips that the network takes. */
const HEIGHT = 48;
/** Strips are padded to this width at least. PaddleOCR has 320; from 96 on our samples are read as well, in less time. */
const MIN_WIDTH = 96;
/** Strip pixels for one step of the result. */
const STEP = 8;
/** Strips that are run together have this many pixels of width in all, at most, or are alone. */
const MAX_BATCH_WIDTH = 2560;
/** Longer lines are squeezed. */
const MAX_WIDTH = 8192;

interface Strip {
  readonly index: number;
  readonly quad: Quad;
  readonly width: number;
}

/** PP-OCRv4's text recogniser. */
export class Recognizer implements Disposable {
  readonly #network: Network;
  readonly #alphabet: Alphabet;

  constructor(network: Network, alphabet: Alphabet) {
    this.#network = network;
    this.#alphabet = alphabet;
  }

  /**
   * Reads boxes of a picture; the readings come in the order of the boxes.
   * @throws the signal's reason when it aborts
   */
  async recognize(picture: Pixels, quads: readonly Quad[], watch: Watch = {}): Promise<Reading[]> {
    const strips = quads.map((quad, index): Strip => ({ index, quad, width: stripWidth(quad) }));
    const readings = new Array<Reading>(quads.length);
    let done = 0;
    for (const batch of toBatches(strips)) {
      watch.onProgress?.(done, quads.length);
      const read = await this.#run(picture, batch, watch.signal);
      for (const [i, { index }] of batch.entries()) readings[index] = read[i] as Reading;
      done += batch.length;
    }
    watch.onProgress?.(done, quads.length);
    return readings;
  }

  async #run(picture: Pixels, batch: readonly Strip[], signal?: AbortSignal): Promise<Reading[]> {
    const width = Math.max(MIN_WIDTH, ...batch.map((strip) => Math.ceil(strip.width / STEP) * STEP));
    const values = allocate("float32", batch.length * 3 * HEIGHT * width);
    const pause = breathe(signal);
    for (const [index, strip] of batch.entries()) {
      await drawStrip(picture, strip.quad, strip.width, { values, index, width, height: HEIGHT }, pause);
    }
    const stepCount = width / STEP;
    const { classCount } = this.#alphabet;
    const probabilities = await this.#network.run(
      values,
      [batch.length, 3, HEIGHT, width],
      [batch.length, stepCount, classCount],
      signal,
    );
    const readings: Reading[] = [];
    for (let i = 0; i < batch.length; i++) {
      const start = i * stepCount * classCount;
      readings.push(
        this.#alphabet.decode(probabilities.subarray(start, start + stepCount * classCount)),
      );
      if (pause.isDue) await pause.now();
    }
    return readings;
  }

  [Symbol.dispose](): void {
    this.#network[Symbol.dispose]();
  }
}

function stripWidth(quad: Quad): number {
  const { width, height } = sizeOf(quad);
  return Math.min(MAX_WIDTH, Math.max(1, Math.ceil((width / Math.max(height, 1)) * HEIGHT)));
}

/** Strips of like widths together, so that little is padded. */
function toBatches(strips: readonly Strip[]): Strip[][] {
  const batches: Strip[][] = [];
  for (const strip of strips.toSorted((a, b) => a.width - b.width)) {
    const last = batches.at(-1);
    const width = Math.max(MIN_WIDTH, strip.width);
    if (last !== undefined && (last.length + 1) * width <= MAX_BATCH_WIDTH) last.push(strip);
    else batches.push([strip]);
  }
  return batches;
}
