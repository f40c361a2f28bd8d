// Tells text that stands on its head, with PaddleOCR's direction classifier.

import { breathe } from "../breathe.ts";
import type { Pixels } from "../image/pixels.ts";
import { allocate } from "../onnx/element_type.ts";
import { type Quad, sizeOf } from "./geometry.ts";
import type { Network } from "./network.ts";
import { drawStrip } from "./strip.ts";

/** Size of the strips that the network takes; wider ones are squeezed, narrower ones padded. */
const WIDTH = 192;
const HEIGHT = 48;
const BATCH_SIZE = 16;
/** Classes: upright, upside down. */
const CLASS_COUNT = 2;
/** PaddleOCR has 0.9 and believes it; here the text read from the turned strip decides. */
const LIKELY = 0.5;

/** PaddleOCR's text direction classifier. */
export class DirectionClassifier implements Disposable {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  /**
   * For each box, whether its text probably stands on its head.
   * @throws the signal's reason when it aborts
   */
  async areUpsideDown(picture: Pixels, quads: readonly Quad[], signal?: AbortSignal): Promise<boolean[]> {
    const answers: boolean[] = [];
    for (let start = 0; start < quads.length; start += BATCH_SIZE) {
      const batch = quads.slice(start, start + BATCH_SIZE);
      const values = allocate("float32", batch.length * 3 * HEIGHT * WIDTH);
      const pause = breathe(signal);
      for (const [index, quad] of batch.entries()) {
        const { width, height } = sizeOf(quad);
        const stripWidth = Math.min(WIDTH, Math.max(1, Math.ceil((width / Math.max(height, 1)) * HEIGHT)));
        await drawStrip(picture, quad, stripWidth, { values, index, width: WIDTH, height: HEIGHT }, pause);
      }
      const probabilities = await this.#network.run(
        values,
        [batch.length, 3, HEIGHT, WIDTH],
        [batch.length, CLASS_COUNT],
        signal,
      );
      answers.push(...batch.map((_, i) => (probabilities[i * CLASS_COUNT + 1] as number) > LIKELY));
    }
    return answers;
  }

  [Symbol.dispose](): void {
    this.#network[Symbol.dispose]();
  }
}
