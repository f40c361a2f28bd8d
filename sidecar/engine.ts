// Answers requests: the straight line from pictures and a conversation to text. Knows nothing of the wire.
// Stateless like HTTP: a request carries its whole conversation, and everything kept here is only a cache.

import type { PictureReceipt, UserPart } from "../protocol/conversation.ts";
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
} from "../protocol/sidecar.ts";
import { answer } from "./answer.ts";
import { Exclusive } from "./exclusive.ts";
import { describeModel, loadModel, type Model, type ModelDescription } from "./model/model.ts";
import type { Runtime } from "./onnx/runtime.ts";
import { type OpenPicture, Pictures, type TextReader } from "./pictures.ts";
import { PictureStore } from "./picture_store.ts";
import { returnMemory } from "./return_memory.ts";
import { Stopwatch } from "./stopwatch.ts";
import { writeOcrBlock } from "./text/ocr_block.ts";
import type { PromptMessage } from "./text/prompt.ts";

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
  readonly #device = new Exclusive();
  readonly #descriptions = new Map<string, Promise<ModelDescription>>();
  #model: Model | null = null;
  #reader: TextReader | null = null;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #end = new AbortController();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#pictures = new Pictures(new PictureStore(parts.options.storageFolder));
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

  /** Frees the models' memory, after the request that is under way. */
  unload(): Promise<void> {
    return this.#device.run(() => {
      this.#free();
      return Promise.resolve();
    });
  }

  async #generate(
    params: GenerateParams,
    { signal, onProgress }: Watch<GenerateProgress>,
  ): Promise<GenerateResult> {
    if (params.conversation.at(-1)?.role !== "user") throw new RangeError("the last turn must be the user's");
    const stopwatch = new Stopwatch();
    const model = await this.#loadModel(this.#source(params.model), signal, () => {
      onProgress({ kind: "stage", stage: "loading-model" });
    });
    const opened = await this.#openPictures(params, model, signal, onProgress, stopwatch);
    const texts = model.wantsOcr && params.ocr === "auto" && opened.length > 0
      ? await stopwatch.measure("text", () => this.#readTexts(opened, signal, onProgress))
      : null;
    const visual = await stopwatch.measure("vision", () => this.#encode(opened, model, signal, onProgress));
    const replied = await answer({
      model,
      messages: toMessages(params, opened, texts),
      visual,
      params,
      stopwatch,
      signal,
      onProgress,
    });
    return { ...replied, model: model.record, pictures: opened.map(({ receipt }) => receipt), ocr: texts };
  }

  async #openPictures(
    { conversation }: GenerateParams,
    model: Model,
    signal: AbortSignal,
    onProgress: (progress: GenerateProgress) => void,
    stopwatch: Stopwatch,
  ): Promise<OpenPicture[]> {
    const refs = conversation.flatMap((turn) => turn.role === "user" ? turn.content : [])
      .flatMap((part) => part.kind === "picture" ? [part.picture] : []);
    const opened: OpenPicture[] = [];
    for (const [done, ref] of refs.entries()) {
      onProgress({ kind: "stage", stage: "decoding-picture", done, total: refs.length });
      const picture = await stopwatch.measure("decode", () => this.#pictures.open(ref, model, signal));
      onProgress({ kind: "receipt", picture: picture.receipt });
      opened.push(picture);
    }
    return opened;
  }

  async #readTexts(
    opened: readonly OpenPicture[],
    signal: AbortSignal,
    onProgress: (progress: GenerateProgress) => void,
  ): Promise<PictureText[]> {
    const texts: PictureText[] = [];
    for (const picture of opened) {
      onProgress({ kind: "stage", stage: "reading-text" });
      const { lines } = await this.#pictures.readText(picture, await this.#textReader(signal), {
        signal,
        onProgress: (_, done, total) => onProgress({ kind: "stage", stage: "reading-text", done, total }),
      });
      texts.push({ sha256: picture.ref.sha256, lines });
    }
    return texts;
  }

  async #encode(
    opened: readonly OpenPicture[],
    model: Model,
    signal: AbortSignal,
    onProgress: (progress: GenerateProgress) => void,
  ): Promise<Float32Array[]> {
    const total = opened.reduce((sum, { receipt }) => sum + receipt.sliceCount, 0);
    const tokens: Float32Array[] = [];
    let before = 0;
    for (const picture of opened) {
      onProgress({ kind: "stage", stage: "encoding-picture", done: before, total });
      tokens.push(
        await this.#pictures.encode(picture, model, signal, (done) => {
          onProgress({ kind: "stage", stage: "encoding-picture", done: before + done, total });
        }),
      );
      before += picture.receipt.sliceCount;
    }
    return tokens;
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

/** The conversation as the prompt takes it, with the pictures' text behind the last picture of their turn. */
function toMessages(
  { conversation }: GenerateParams,
  opened: readonly OpenPicture[],
  texts: readonly PictureText[] | null,
): PromptMessage[] {
  let used = 0;
  return conversation.map((turn): PromptMessage => {
    if (turn.role === "assistant") return turn;
    const first = used;
    used += turn.content.filter(isPicture).length;
    const lines = (texts ?? []).slice(first, used).flatMap(({ lines }) => lines.map(({ text }) => text));
    const block = writeOcrBlock(lines);
    let next = first;
    const parts = turn.content.flatMap((part): Exclude<PromptMessage, { role: "assistant" }>["content"] => {
      if (part.kind === "text") return [part];
      const grid = opened[next++]?.plan.refined?.grid ?? null;
      const isLast = next === used;
      return [
        { kind: "picture", grid },
        ...(isLast && block !== "" ? [{ kind: "text" as const, text: block }] : []),
      ];
    });
    return { role: "user", content: parts };
  });
}

function isPicture(part: UserPart): boolean {
  return part.kind === "picture";
}
