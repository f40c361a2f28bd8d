import type { DecoderConfig } from "../checkpoint/config.ts";
import type { IoBinding } from "../onnx/io_binding.ts";
import type { CacheMemory, CachePart } from "./cache_memory.ts";
import { cacheNames } from "./decoder_graph.ts";

/** The cache grows by whole steps of this many tokens, so that it seldom moves. */
const GROWTH_TOKENS = 512;

/** Keys and values of all tokens so far, in fixed memory that the decoder updates in place. */
export class KvCache implements Disposable {
  readonly #memory: CacheMemory;
  readonly #config: DecoderConfig;
  /** Key and value of each layer. */
  #parts: CachePart[] = [];
  #capacity = 0;
  /** Number of tokens in the cache. Lowering it forgets the last ones. */
  length = 0;

  constructor(memory: CacheMemory, config: DecoderConfig) {
    this.#memory = memory;
    this.#config = config;
  }

  /** Tokens there is room for. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Makes room for `tokenCount` tokens; what is in the cache stays. Returns whether the memory moved. */
  async reserve(tokenCount: number): Promise<boolean> {
    if (tokenCount <= this.#capacity) return false;
    const capacity = Math.min(
      Math.ceil(tokenCount / GROWTH_TOKENS) * GROWTH_TOKENS,
      Math.max(this.#config.contextLength, tokenCount),
    );
    const { layerCount, kvHeadCount, headSize } = this.#config;
    const dims = [1, kvHeadCount, capacity, headSize];
    const before = this.#parts;
    using grown = new DisposableStack();
    const parts: CachePart[] = [];
    for (let i = 0; i < 2 * layerCount; i++) {
      const part = before[i];
      const isKept = part !== undefined && this.length > 0;
      parts.push(
        grown.use(isKept ? await this.#memory.grow(part, capacity) : this.#memory.allocate(dims)),
      );
    }
    grown.move();
    this.#parts = parts;
    this.#capacity = capacity;
    for (const part of before) part[Symbol.dispose]();
    return true;
  }

  /** Binds the cache as the decoder's input and output. */
  bindTo(binding: IoBinding): void {
    for (let i = 0; i < this.#config.layerCount; i++) {
      const names = cacheNames(i);
      const [key, value] = this.#parts.slice(2 * i, 2 * i + 2) as [CachePart, CachePart];
      binding.input(names.pastKey, key).output(names.presentKey, key);
      binding.input(names.pastValue, value).output(names.presentValue, value);
    }
  }

  [Symbol.dispose](): void {
    for (const part of this.#parts) part[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
    this.#parts = [];
    this.#capacity = 0;
    this.length = 0;
  }
}
