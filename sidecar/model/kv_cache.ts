import type { DecoderConfig } from "../checkpoint/config.ts";
import { allocate } from "../onnx/element_type.ts";
import type { IoBinding } from "../onnx/io_binding.ts";
import type { Runtime } from "../onnx/runtime.ts";
import { Tensor } from "../onnx/tensor.ts";
import { cacheNames } from "./decoder_graph.ts";

/** The cache grows by whole steps of this many tokens, so that it seldom moves. */
const GROWTH_TOKENS = 512;

/** Keys and values of all tokens so far, in fixed memory that the decoder updates in place. */
export class KvCache implements Disposable {
  readonly #runtime: Runtime;
  readonly #config: DecoderConfig;
  /** Key and value of each layer, [1, key-value heads, capacity, head size] float32. */
  #layers: { key: Tensor<"float32">; value: Tensor<"float32"> }[] = [];
  #capacity = 0;
  /** Number of tokens in the cache. Lowering it forgets the last ones. */
  length = 0;

  constructor(runtime: Runtime, config: DecoderConfig) {
    this.#runtime = runtime;
    this.#config = config;
  }

  /** Tokens there is room for. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Makes room for `tokenCount` tokens; what is in the cache stays. Returns whether the memory moved. */
  reserve(tokenCount: number): boolean {
    if (tokenCount <= this.#capacity) return false;
    const capacity = Math.min(
      Math.ceil(tokenCount / GROWTH_TOKENS) * GROWTH_TOKENS,
      Math.max(this.#config.contextLength, tokenCount),
    );
    const { layerCount, kvHeadCount, headSize } = this.#config;
    const dims = [1, kvHeadCount, capacity, headSize];
    const before = this.#layers;
    this.#layers = Array.from({ length: layerCount }, (_, i) => ({
      key: this.#grown(before[i]?.key, dims),
      value: this.#grown(before[i]?.value, dims),
    }));
    this.#capacity = capacity;
    free(before);
    return true;
  }

  /** Binds the cache as the decoder's input and output. */
  bindTo(binding: IoBinding): void {
    this.#layers.forEach(({ key, value }, i) => {
      const names = cacheNames(i);
      binding.input(names.pastKey, key).output(names.presentKey, key);
      binding.input(names.pastValue, value).output(names.presentValue, value);
    });
  }

  #grown(before: Tensor<"float32"> | undefined, dims: readonly number[]): Tensor<"float32"> {
    const [, heads, capacity, headSize] = dims as [number, number, number, number];
    const data = allocate("float32", heads * capacity * headSize);
    if (before !== undefined) {
      for (let head = 0; head < heads; head++) {
        const from = head * this.#capacity * headSize;
        data.set(before.data.subarray(from, from + this.length * headSize), head * capacity * headSize);
      }
    }
    return Tensor.over(this.#runtime, "float32", data, dims);
  }

  [Symbol.dispose](): void {
    free(this.#layers);
    this.#layers = [];
    this.#capacity = 0;
    this.length = 0;
  }
}

function free(layers: readonly { key: Disposable; value: Disposable }[]): void {
  for (const { key, value } of layers) {
    key[Symbol.dispose]();
    value[Symbol.dispose]();
  }
}
