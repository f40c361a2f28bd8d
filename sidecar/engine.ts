// Answers requests: the straight line from pictures and a conversation to text. Knows nothing of the wire.
// Stateless like HTTP: a request carries its whole conversation, and everything kept here is only a cache.

import type { PictureReceipt, VideoReceipt } from "../protocol/conversation.ts";
import type {
  GenerateParams,
  GenerateProgress,
  GenerateResult,
  InspectPictureParams,
  InspectVideoParams,
  Prepared,
  PrepareParams,
  ReadTextParams,
  ReadTextProgress,
  ReadTextResult,
  SidecarOptions,
  VideoLimits,
  VideoLimitsParams,
} from "../protocol/sidecar.ts";
import { answer, toVisualInput } from "./answer.ts";
import { DiskCache } from "./disk_cache.ts";
import { Exclusive } from "./exclusive.ts";
import { fitPrompt } from "./fit.ts";
import { prefillPrompt } from "./generate.ts";
import { type ModelParts, Models } from "./models.ts";
import { maxGroupsOf } from "./model/video_groups.ts";
import { Pictures } from "./pictures.ts";
import { PictureStore } from "./picture_store.ts";
import { returnMemory } from "./return_memory.ts";
import { Stopwatch } from "./stopwatch.ts";
import { pictureTexts, Visuals } from "./visuals.ts";

/** What an engine is made of. */
export interface EngineParts extends ModelParts {
  readonly options: ModelParts["options"] & Pick<SidecarOptions, "idleUnloadMs" | "diskCacheBytes">;
}

/** How a request is followed and stopped. */
export interface Watch<Progress> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** The engine. One request uses the device at a time; others wait in order. */
export class Engine implements AsyncDisposable {
  readonly #models: Models;
  readonly #pictures: Pictures;
  readonly #visuals: Visuals;
  readonly #idleUnloadMs: number;
  readonly #device = new Exclusive();
  /** Whether the trace of the running answer is to end. */
  #endsTrace = false;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #end = new AbortController();

  constructor(parts: EngineParts) {
    const { storageFolder, idleUnloadMs, diskCacheBytes = 0 } = parts.options;
    this.#models = new Models(parts);
    this.#idleUnloadMs = idleUnloadMs;
    const disk = new DiskCache(`${storageFolder}/features`, diskCacheBytes);
    this.#pictures = new Pictures(new PictureStore(storageFolder), disk);
    this.#visuals = new Visuals(this.#pictures);
  }

  /**
   * Answers the last turn of a conversation, or goes on with it.
   * @throws Failure; the signal's reason when it aborts
   */
  generate(params: GenerateParams, watch: Watch<GenerateProgress>): Promise<GenerateResult> {
    return this.#useDevice(watch, (watched) => this.#generate(params, watched));
  }

  /** Ends the trace of the running answer. */
  endTrace(): void {
    this.#endsTrace = true;
  }

  /**
   * Computes ahead what answering will need.
   * @throws Failure; the signal's reason when it aborts, and then what was computed is kept
   */
  prepare(params: PrepareParams, watch: Watch<GenerateProgress>): Promise<Prepared> {
    return this.#useDevice(watch, async (watched) => {
      const { signal, onProgress } = watched;
      const { model, prompt, visual, leftOut } = await this.#compose(params, watched, new Stopwatch());
      await prefillPrompt(model.decoder, {
        ids: prompt.ids,
        visual: toVisualInput(prompt, visual),
        signal,
        onPrefill: (done, total) => onProgress({ kind: "stage", stage: "prefill", done, total }),
      });
      return { tokenCount: prompt.ids.length, contextLength: model.record.contextLength, leftOut };
    });
  }

  /**
   * Reads the text of a picture.
   * @throws Failure; the signal's reason when it aborts
   */
  readText({ picture }: ReadTextParams, watch: Watch<ReadTextProgress>): Promise<ReadTextResult> {
    return this.#useDevice(watch, async ({ signal, onProgress }) => {
      const stopwatch = new Stopwatch();
      onProgress({ kind: "stage", stage: "decoding-picture" });
      const { widthPx, heightPx } = await this.#pictures.facts(picture, signal);
      const { text, lines } = await this.#pictures.readText(picture, () => this.#models.textReader(signal), {
        signal,
        onProgress: (_, done, total) => onProgress({ kind: "stage", stage: "reading-text", done, total }),
      });
      return { widthPx, heightPx, text, lines, readTextMs: stopwatch.elapsed };
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
    return (await this.#pictures.open(picture, await this.#models.describe(model), signal)).receipt;
  }

  /**
   * Looks at a video's frames and says what sending it would cost.
   * @throws Failure; the signal's reason when it aborts
   */
  async inspectVideo({ video, model }: InspectVideoParams, signal: AbortSignal): Promise<VideoReceipt> {
    return await this.#visuals.inspect(video, await this.#models.describe(model), signal);
  }

  /**
   * Says how much of a video a model can hold.
   * @throws Failure
   */
  async videoLimits({ model }: VideoLimitsParams): Promise<VideoLimits> {
    return { maxGroups: maxGroupsOf((await this.#models.describe(model)).config) };
  }

  /** Removes from disk what was made of pictures that are gone. */
  removeOrphans(): Promise<void> {
    return this.#pictures.removeOrphans();
  }

  /** Frees the models' memory, after the request that is under way. */
  unload(): Promise<void> {
    return this.#device.run(() => {
      this.#free();
      return Promise.resolve();
    });
  }

  async #generate(params: GenerateParams, watch: Watch<GenerateProgress>): Promise<GenerateResult> {
    this.#endsTrace = false;
    const stopwatch = new Stopwatch();
    const { model, opened, texts, ...composed } = await this.#compose(params, watch, stopwatch);
    const replied = await answer({
      ...watch,
      ...composed,
      model,
      params,
      stopwatch,
      wantsAnswer: () => this.#endsTrace,
    });
    return {
      ...replied,
      model: model.record,
      pictures: opened.flatMap((visual) => visual.kind === "picture" ? [visual.picture.receipt] : []),
      videos: opened.flatMap((visual) => visual.kind === "video" ? [visual.video.receipt] : []),
      leftOut: composed.leftOut,
      ocr: texts === null ? null : pictureTexts(opened, texts),
    };
  }

  /** Everything up to the prompt and its visual tokens. */
  async #compose(
    params: Omit<GenerateParams, "partialResultToken">,
    watch: Watch<GenerateProgress>,
    stopwatch: Stopwatch,
  ) {
    const { signal, onProgress } = watch;
    if (params.conversation.length === 0) throw new RangeError("a conversation needs at least one turn");
    const model = await this.#models.load(params.model, signal, () => {
      onProgress({ kind: "stage", stage: "loading-model" });
    });
    const visuals = this.#visuals;
    const all = await stopwatch.measure("decode", () => visuals.open(params.conversation, model, watch));
    const openReader = () => this.#models.textReader(signal);
    const allTexts = model.wantsOcr && params.ocr === "auto" && all.length > 0
      ? await stopwatch.measure("text", () => visuals.readTexts(all, openReader, watch))
      : null;
    const { leftOutCount, ...fitted } = fitPrompt(params, all, allTexts, model);
    if (leftOutCount > 0) onProgress({ kind: "left-out", parts: fitted.leftOut });
    const opened = all.slice(leftOutCount);
    const visual = await stopwatch.measure("vision", () => visuals.encode(opened, model, watch));
    return { ...fitted, model, opened, texts: allTexts?.slice(leftOutCount) ?? null, visual };
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
      this.#pictures.releasePixels();
      this.#startIdleTimer();
    }
  }

  #startIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    if (this.#idleUnloadMs <= 0 || this.#device.isBusy || this.#end.signal.aborted) return;
    this.#idleTimer = setTimeout(() => this.#free(), this.#idleUnloadMs);
  }

  #free(): void {
    this.#models.free();
    this.#pictures.clear();
    returnMemory();
  }

  /** Cancels what runs and waits, then frees everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#idleTimer);
    await this.unload();
  }
}
