// Runs the decoder graph: prefill in chunks, then one token at a time. Knows token ids, not texts.

import type { DecoderConfig } from "../checkpoint/config.ts";
import { allocate, type ElementArray, type ElementType } from "../onnx/element_type.ts";
import type { IoBinding } from "../onnx/io_binding.ts";
import type { Runtime } from "../onnx/runtime.ts";
import type { Session } from "../onnx/session.ts";
import { Tensor } from "../onnx/tensor.ts";
import type { CacheMemory } from "./cache_memory.ts";
import { KvCache } from "./kv_cache.ts";

/** Tokens of one prefill run: long enough to be fast, short enough for progress. */
const CHUNK_TOKENS = 256;

/** Visual tokens and the prompt positions they take. */
export interface VisualInput {
  /** Ascending indices into the token ids. */
  readonly positions: readonly number[];
  /** [positions, width] float32, as wide as the decoder's hidden states. */
  readonly tokens: Float32Array;
  /** What each token shows, by position: the same name for tokens of one picture. Without names nothing is reused. */
  readonly names?: readonly string[];
}

/** Part of a prompt that is visual nowhere. */
export const NO_VISUAL: VisualInput = { positions: [], tokens: new Float32Array(0) };

/** The decoder with its KV cache: one conversation at a time. */
export class Decoder implements Disposable {
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #config: DecoderConfig;
  readonly #cache: KvCache;
  /** What the cache holds: token ids, or names of visual tokens. */
  readonly #fed: FedToken[] = [];
  #step: Run | null = null;

  constructor(runtime: Runtime, session: Session, config: DecoderConfig, memory: CacheMemory) {
    this.#runtime = runtime;
    this.#session = session;
    this.#config = config;
    this.#cache = new KvCache(memory, config);
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.#cache.length;
  }

  /** Forgets the conversation. The memory stays for the next one. */
  reset(): void {
    this.#keep(0);
  }

  /**
   * Keeps what the cache has in common with the beginning of a prompt and forgets the rest.
   * @returns the number of tokens kept, less than the prompt's: its last token must be fed to get logits
   */
  keepCommonPrefix(ids: readonly number[], visual: VisualInput): number {
    const wanted = fedTokens(ids, visual);
    let common = 0;
    while (common < ids.length - 1 && common < this.length && this.#fed[common] === wanted[common]) common++;
    this.#keep(common);
    return common;
  }

  /**
   * Feeds tokens behind those in the cache.
   * @param reserve tokens to make room for at once, the prompt's included
   * @returns logits [vocabulary] of the token after the last
   * @throws RangeError when the context is too short; the signal's reason when it aborts
   */
  async prefill(
    ids: readonly number[],
    visual: VisualInput,
    options: {
      readonly reserve?: number;
      readonly signal?: AbortSignal | undefined;
      readonly onProgress?: (done: number, total: number) => void;
    } = {},
  ): Promise<Float32Array> {
    if (ids.length === 0) throw new RangeError("a prompt needs at least one token");
    await this.#makeRoom(Math.max(options.reserve ?? 0, this.length + ids.length));
    let logits = new Float32Array(0);
    for (let start = 0; start < ids.length; start += CHUNK_TOKENS) {
      const end = Math.min(start + CHUNK_TOKENS, ids.length);
      const part = sliceVisual(visual, start, end);
      using run = this.#newRun(end - start, part);
      await this.#feed(run, ids.slice(start, end), part, options.signal);
      logits = run.logits.data.slice();
      options.onProgress?.(end, ids.length);
    }
    return logits;
  }

  /**
   * Feeds one token.
   * @returns logits [vocabulary] of the token after it; overwritten by the next call
   * @throws RangeError when the context is full; the signal's reason when it aborts
   */
  async step(id: number, signal?: AbortSignal): Promise<Float32Array> {
    await this.#makeRoom(this.length + 1);
    this.#step ??= this.#newRun(1, NO_VISUAL);
    await this.#feed(this.#step, [id], NO_VISUAL, signal);
    return this.#step.logits.data;
  }

  #keep(count: number): void {
    this.#cache.length = count;
    this.#fed.length = count;
  }

  async #feed(run: Run, ids: readonly number[], visual: VisualInput, signal?: AbortSignal): Promise<void> {
    const total = this.length + ids.length;
    run.ids.data.set(ids.map(BigInt));
    run.lastIndex.data[0] = total - 1;
    run.total.data[0] = total;
    run.bindTokens();
    await this.#session.run(run.binding, signal === undefined ? {} : { signal });
    this.#cache.length = total;
    this.#fed.push(...fedTokens(ids, visual));
  }

  async #makeRoom(tokenCount: number): Promise<void> {
    if (tokenCount > this.#config.contextLength) {
      throw new RangeError(`${tokenCount} tokens do not fit a context of ${this.#config.contextLength}`);
    }
    if (await this.#cache.reserve(tokenCount)) {
      this.#step?.[Symbol.dispose]();
      this.#step = null;
    }
  }

  #newRun(tokenCount: number, visual: VisualInput): Run {
    return new Run(this.#runtime, this.#session, this.#cache, this.#config, tokenCount, visual);
  }

  [Symbol.dispose](): void {
    this.#step?.[Symbol.dispose]();
    this.#cache[Symbol.dispose]();
    this.#session[Symbol.dispose]();
  }
}

/** The memory of a run over a fixed number of tokens. */
class Run implements Disposable {
  readonly binding: IoBinding;
  readonly ids: Tensor<"int64">;
  readonly lastIndex: Tensor<"int32">;
  readonly total: Tensor<"int32">;
  readonly logits: Tensor<"float32">;
  readonly #tensors: Tensor[] = [];

  constructor(
    runtime: Runtime,
    session: Session,
    cache: KvCache,
    config: DecoderConfig,
    tokenCount: number,
    visual: VisualInput,
  ) {
    const tensor = <T extends ElementType>(type: T, dims: readonly number[], data?: ElementArray<T>) => {
      const count = dims.reduce((product, dim) => product * dim, 1);
      const made = Tensor.over(runtime, type, data ?? allocate(type, count), dims);
      this.#tensors.push(made);
      return made;
    };
    const visualCount = visual.positions.length;
    this.ids = tensor("int64", [1, tokenCount]);
    this.lastIndex = tensor("int32", [1]);
    this.total = tensor("int32", []);
    this.logits = tensor("float32", [1, config.vocabularySize]);
    this.binding = session.bind()
      .input("logit_rows", tensor("int64", [1], BigInt64Array.of(BigInt(tokenCount - 1))))
      .input("token_sources", tensor("int64", [tokenCount], tokenSources(tokenCount, visual.positions)))
      .input(
        "visual_tokens",
        tensor("float32", [visualCount, config.hiddenSize], Float32Array.from(visual.tokens)),
      )
      .output("logits", this.logits);
    cache.bindTo(this.binding);
  }

  /** Binds what was written to `ids`, `lastIndex` and `total`: what is bound for a device is copied there at once. */
  bindTokens(): void {
    this.binding
      .input("input_ids", this.ids)
      .input("seqlens_k", this.lastIndex)
      .input("total_sequence_length", this.total);
  }

  [Symbol.dispose](): void {
    this.binding[Symbol.dispose]();
    for (const tensor of this.#tensors) tensor[Symbol.dispose]();
  }
}

/** For each token, the row it is taken from: its own word, or of the visual tokens that stand behind the words. */
function tokenSources(tokenCount: number, positions: readonly number[]): BigInt64Array<ArrayBuffer> {
  const sources = BigInt64Array.from({ length: tokenCount }, (_, i) => BigInt(i));
  positions.forEach((position, i) => sources[position] = BigInt(tokenCount + i));
  return sources;
}

/** A token id, or the name of what a visual token shows. Tokens of one name that follow each other are told by order. */
type FedToken = number | string;

function fedTokens(ids: readonly number[], { positions, names }: VisualInput): FedToken[] {
  const fed: FedToken[] = [...ids];
  // Not a number is never equal to itself: an unknown picture equals no other.
  positions.forEach((position, i) => fed[position] = names?.[i] ?? NaN);
  return fed;
}

/** The part of the visual input between two prompt positions, counted from the first. */
export function sliceVisual(
  { positions, tokens, names }: VisualInput,
  start: number,
  end: number,
): VisualInput {
  const from = positions.findIndex((position) => position >= start);
  const first = from < 0 ? positions.length : from;
  const past = positions.findIndex((position) => position >= end);
  const last = past < 0 ? positions.length : past;
  const width = positions.length === 0 ? 0 : tokens.length / positions.length;
  return {
    positions: positions.slice(first, last).map((position) => position - start),
    tokens: tokens.subarray(first * width, last * width),
    ...(names === undefined ? {} : { names: names.slice(first, last) }),
  };
}
