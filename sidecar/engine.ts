// Answers requests: the straight line from pictures and a conversation to text. Knows nothing of the wire.
// Stateless like HTTP: a request carries its whole conversation, and everything kept here is only a cache.

import type { PictureReceipt } from "../protocol/conversation.ts";
import { Failure } from "../protocol/errors.ts";
import type {
  GenerateParams,
  GenerateProgress,
  GenerateResult,
  InspectPictureParams,
  ModelSource,
  PictureText,
  ReadTextParams,
  ReadTextProgress,
  ReadTextResult,
  SidecarOptions,
  VideoLimits,
  VideoLimitsParams,
} from "../protocol/sidecar.ts";
import { answer } from "./answer.ts";
import { Exclusive } from "./exclusive.ts";
import { toMessages } from "./messages.ts";
import { describeModel, loadModel, type Model, type ModelDescription } from "./model/model.ts";
import { maxGroupsOf } from "./model/video_groups.ts";
import type { Runtime } from "./onnx/runtime.ts";
import { Pictures, type TextReader } from "./pictures.ts";
import { PictureStore } from "./picture_store.ts";
import { returnMemory } from "./return_memory.ts";
import { Stopwatch } from "./stopwatch.ts";
import { type OpenVisual, Visuals, type VisualText } from "./visuals.ts";

/** What an engine is made of. */
export interface EngineParts {
  readonly runtime: Runtime;
  readonly options: Pick<SidecarOptions, "storageFolder" | "models" | "ocrFolder" | "idleUnloadMs">;
  readonly openTextReader: (runtime: Runtime, folder: string, signal: AbortSignal) => Promise<TextReader>;
}

/** How a request is followed and stopped. */
export interface Watch<Progress> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** The engine. One request uses the device at a time; others wait in order. */
export class Engine implements AsyncDisposable {
  readonly #parts: EngineParts;
  readonly #pictures: Pictures;
  readonly #visuals: Visuals;
  readonly #device = new Exclusive();
  readonly #descriptions = new Map<string, Promise<ModelDescription>>();
  #model: Model | null = null;
  #reader: TextReader | null = null;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #end = new AbortController();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#pictures = new Pictures(new PictureStore(parts.options.storageFolder));
    this.#visuals = new Visuals(this.#pictures);
  }

  /**
   * Answers the last turn of a conversation.
   * @throws Failure; the signal's reason when it aborts
   */
  generate(params: GenerateParams, watch: Watch<GenerateProgress>): Promise<GenerateResult> {
    return this.#useDevice(watch, (watched) => this.#generate(params, watched));
  }

  /**
   * Reads the text of a picture.
   * @throws Failure; the signal's reason when it aborts
   */
  readText({ picture }: ReadTextParams, watch: Watch<ReadTextProgress>): Promise<ReadTextResult> {
    return this.#useDevice(watch, async ({ signal, onProgress }) => {
      const stopwatch = new Stopwatch();
      onProgress({ kind: "stage", stage: "decoding-picture" });
      const { pixels } = await this.#pictures.decode(picture, signal);
      const { text, lines } = await this.#pictures.readText(
        { ref: picture, pixels },
        await this.#textReader(signal),
        {
          signal,
          onProgress: (_, done, total) => onProgress({ kind: "stage", stage: "reading-text", done, total }),
        },
      );
      return { widthPx: pixels.width, heightPx: pixels.height, text, lines, readTextMs: stopwatch.elapsed };
    });
  }

  /**
   * Decodes a picture and says what sending it would cost.
   * @throws Failure; the signal's reason when it aborts
   */
  async inspectPicture(
    { picture, model }: InspectPictureParams,
    signal: AbortSignal,
  ): Promise<PictureReceipt> {
    const description = await this.#describe(this.#source(model));
    return (await this.#pictures.open(picture, description, signal)).receipt;
  }

  /**
   * Says how much of a video a model can hold.
   * @throws Failure
   */
  async videoLimits({ model }: VideoLimitsParams): Promise<VideoLimits> {
    const { config } = await this.#describe(this.#source(model));
    return { maxGroups: maxGroupsOf(config) };
  }

  /** Frees the models' memory, after the request that is under way. */
  unload(): Promise<void> {
    return this.#device.run(() => {
      this.#free();
      return Promise.resolve();
    });
  }

  async #generate(params: GenerateParams, watch: Watch<GenerateProgress>): Promise<GenerateResult> {
    const { signal, onProgress } = watch;
    if (params.conversation.at(-1)?.role !== "user") throw new RangeError("the last turn must be the user's");
    const stopwatch = new Stopwatch();
    const model = await this.#loadModel(this.#source(params.model), signal, () => {
      onProgress({ kind: "stage", stage: "loading-model" });
    });
    const visuals = this.#visuals;
    const opened = await stopwatch.measure("decode", () => visuals.open(params.conversation, model, watch));
    const texts = model.wantsOcr && params.ocr === "auto" && opened.length > 0
      ? await stopwatch.measure(
        "text",
        () => visuals.readTexts(opened, () => this.#textReader(signal), watch),
      )
      : null;
    const visual = await stopwatch.measure("vision", () => visuals.encode(opened, model, watch));
    const replied = await answer({
      model,
      messages: toMessages(params.conversation, opened, texts),
      visual,
      params,
      stopwatch,
      signal,
      onProgress,
    });
    return {
      ...replied,
      model: model.record,
      pictures: opened.flatMap((visual) => visual.kind === "picture" ? [visual.picture.receipt] : []),
      videos: opened.flatMap((visual) => visual.kind === "video" ? [visual.video.receipt] : []),
      ocr: texts === null ? null : pictureTexts(opened, texts),
    };
  }

  async #useDevice<T, P>(
    { signal, onProgress }: Watch<P | { readonly kind: "stage"; readonly stage: "queued" }>,
    task: (watch: Watch<P>) => Promise<T>,
  ): Promise<T> {
    if (this.#device.isBusy) onProgress({ kind: "stage", stage: "queued" });
    const either = AbortSignal.any([signal, this.#end.signal]);
    clearTimeout(this.#idleTimer);
    try {
      return await this.#device.run(() => task({ signal: either, onProgress }), either);
    } finally {
      this.#startIdleTimer();
    }
  }

  #startIdleTimer(): void {
    const { idleUnloadMs } = this.#parts.options;
    clearTimeout(this.#idleTimer);
    if (idleUnloadMs <= 0 || this.#device.isBusy || this.#end.signal.aborted) return;
    this.#idleTimer = setTimeout(() => this.#free(), idleUnloadMs);
  }

  #source(id?: string): ModelSource {
    const { models } = this.#parts.options;
    const source = id === undefined ? models[0] : models.find((model) => model.id === id);
    if (source === undefined) {
      throw new Failure(
        "model-missing",
        `There is no model "${id ?? ""}". Choose one of: ${models.map((m) => m.id).join(", ")}.`,
        {
          subject: id ?? "",
        },
      );
    }
    return source;
  }

  #describe(source: ModelSource): Promise<ModelDescription> {
    const known = this.#descriptions.get(source.id);
    if (known !== undefined) return known;
    const description = describeModel(source);
    this.#descriptions.set(source.id, description);
    // A folder that is mended must be read again.
    description.catch(() => this.#descriptions.delete(source.id));
    return description;
  }

  async #loadModel(source: ModelSource, signal: AbortSignal, onLoad: () => void): Promise<Model> {
    if (this.#model?.record.id === source.id) return this.#model;
    onLoad();
    this.#model?.[Symbol.dispose]();
    this.#model = null;
    const { runtime, options } = this.#parts;
    const cacheFolder = `${options.storageFolder}/models`;
    this.#model = await loadModel(runtime, { ...source, cacheFolder }, signal);
    return this.#model;
  }

  async #textReader(signal: AbortSignal): Promise<TextReader> {
    const { runtime, options, openTextReader } = this.#parts;
    return this.#reader ??= await openTextReader(runtime, options.ocrFolder, signal);
  }

  #free(): void {
    this.#model?.[Symbol.dispose]();
    this.#model = null;
    this.#reader?.[Symbol.dispose]();
    this.#reader = null;
    this.#visuals.clear();
    returnMemory();
  }

  /** Cancels what runs and waits, then frees everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#idleTimer);
    await this.unload();
  }
}

/** The texts of the pictures alone, which people see beside them. */
function pictureTexts(opened: readonly OpenVisual[], texts: readonly VisualText[]): PictureText[] {
  return opened.flatMap((visual, i) =>
    visual.kind === "picture" ? [{ sha256: visual.picture.ref.sha256, lines: texts[i]?.lines ?? [] }] : []
  );
}
