import { PictureStore } from "../../host/picture_store.ts";
import type { PictureRef } from "../../protocol/conversation.ts";
import type {
  GenerateParams,
  GenerateProgress,
  GenerateResult,
  ModelSource,
} from "../../protocol/sidecar.ts";
import { Engine } from "../../sidecar/engine.ts";
import { Runtime } from "../../sidecar/onnx/runtime.ts";
import { FakeReader } from "./fake_reader.ts";
import { NANO } from "./places.ts";
import { runtimeLibrary } from "./runtime_library.ts";
import { tempFolder } from "./temp_folder.ts";

/** An engine in this process, with a storage folder of its own and a text reader that is told what to read. */
export class EngineBench implements AsyncDisposable {
  readonly engine: Engine;
  readonly reader: FakeReader;
  readonly store: PictureStore;
  readonly storage: string;
  /** How often the engine asked for a text reader. */
  readersOpened = 0;
  readonly #stack: AsyncDisposableStack;

  readonly #options: BenchOptions;

  private constructor(storage: string, stack: AsyncDisposableStack, options: BenchOptions) {
    this.storage = storage;
    this.#stack = stack;
    this.#options = options;
    this.store = new PictureStore(storage);
    this.reader = new FakeReader();
    const runtime = stack.use(new Runtime(runtimeLibrary(), 2));
    const engine = new Engine({
      runtime,
      options: {
        storageFolder: storage,
        models: options.models ?? [{ id: "nano", folder: NANO, precision: "fp32" }],
        ocrFolder: "/nowhere",
        idleUnloadMs: options.idleUnloadMs ?? 0,
        diskCacheBytes: options.diskCacheBytes ?? 0,
      },
      openTextReader: () => {
        this.readersOpened++;
        return Promise.resolve(this.reader);
      },
    });
    this.engine = stack.use(engine);
  }

  static async open(options: BenchOptions = {}): Promise<EngineBench> {
    const stack = new AsyncDisposableStack();
    const { path } = stack.use(await tempFolder());
    return new EngineBench(path, stack, options);
  }

  /** Another engine over the same storage folder. */
  restarted(): EngineBench {
    return new EngineBench(this.storage, new AsyncDisposableStack(), this.#options);
  }

  /** Asks about pictures and collects the progress. */
  async ask(
    pictures: readonly PictureRef[],
    text: string,
    params: Partial<GenerateParams> = {},
    watch: { signal?: AbortSignal; onProgress?: (progress: GenerateProgress) => void } = {},
  ): Promise<{ result: GenerateResult; progress: GenerateProgress[] }> {
    const progress: GenerateProgress[] = [];
    const result = await this.engine.generate({
      conversation: [question(pictures, text)],
      thinking: false,
      ocr: "auto",
      temperature: 0,
      partialResultToken: 0,
      ...params,
    }, {
      signal: watch.signal ?? new AbortController().signal,
      onProgress: (piece) => {
        progress.push(piece);
        watch.onProgress?.(piece);
      },
    });
    return { result, progress };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** How the engine of a test differs from one with Nano. */
export interface BenchOptions {
  readonly models?: readonly ModelSource[];
  readonly idleUnloadMs?: number;
  readonly diskCacheBytes?: number;
}

/** A user's turn: pictures, then a question. */
export function question(pictures: readonly PictureRef[], text: string) {
  const parts = pictures.map((picture) => ({ kind: "picture" as const, picture }));
  return { role: "user" as const, content: [...parts, { kind: "text" as const, text }] };
}
