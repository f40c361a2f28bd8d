// The networks in memory: one model and the text reader, loaded on first need and freed together.

import { Failure } from "../protocol/errors.ts";
import type { ModelSource, SidecarOptions } from "../protocol/sidecar.ts";
import { describeModel, loadModel, type Model, type ModelDescription } from "./model/model.ts";
import type { Runtime } from "./onnx/runtime.ts";
import type { TextReader } from "./pictures.ts";

/** What loading needs. */
export interface ModelParts {
  readonly runtime: Runtime;
  readonly options: Pick<SidecarOptions, "storageFolder" | "models" | "ocrFolder">;
  readonly openTextReader: (runtime: Runtime, folder: string, signal: AbortSignal) => Promise<TextReader>;
}

/** Finds, describes, loads and frees models by their id; the first of the options is the default. */
export class Models {
  readonly #parts: ModelParts;
  readonly #descriptions = new Map<string, Promise<ModelDescription>>();
  #model: Model | null = null;
  #reader: TextReader | null = null;

  constructor(parts: ModelParts) {
    this.#parts = parts;
  }

  /**
   * What a model's folder says of itself.
   * @throws Failure "model-missing" or "model-invalid"
   */
  describe(id?: string): Promise<ModelDescription> {
    const source = this.#source(id);
    const known = this.#descriptions.get(source.id);
    if (known !== undefined) return known;
    const description = describeModel(source);
    this.#descriptions.set(source.id, description);
    // A folder that is mended must be read again.
    description.catch(() => this.#descriptions.delete(source.id));
    return description;
  }

  /**
   * The model, loaded; another one is freed first.
   * @param onLoad called when it is not there yet
   * @throws Failure; the signal's reason when it aborts
   */
  async load(id: string | undefined, signal: AbortSignal, onLoad: () => void): Promise<Model> {
    const source = this.#source(id);
    if (this.#model?.record.id === source.id) return this.#model;
    onLoad();
    this.#model?.[Symbol.dispose]();
    this.#model = null;
    const { runtime, options } = this.#parts;
    const cacheFolder = `${options.storageFolder}/models`;
    this.#model = await loadModel(runtime, { ...source, cacheFolder }, signal);
    return this.#model;
  }

  /**
   * The text reader, loaded.
   * @throws Failure; the signal's reason when it aborts
   */
  async textReader(signal: AbortSignal): Promise<TextReader> {
    const { runtime, options, openTextReader } = this.#parts;
    return this.#reader ??= await openTextReader(runtime, options.ocrFolder, signal);
  }

  /** Frees everything. */
  free(): void {
    this.#model?.[Symbol.dispose]();
    this.#model = null;
    this.#reader?.[Symbol.dispose]();
    this.#reader = null;
  }

  #source(id?: string): ModelSource {
    const { models } = this.#parts.options;
    const source = id === undefined ? models[0] : models.find((model) => model.id === id);
    if (source !== undefined) return source;
    const known = models.map((model) => model.id).join(", ");
    throw new Failure("model-missing", `There is no model "${id ?? ""}". Choose one of: ${known}.`, {
      subject: id ?? "",
    });
  }
}
