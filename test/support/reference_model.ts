// The model in the plainest arithmetic there is: double precision, loops, no operators of any library, written after
// minicpmv45-spec.md sections 1 to 4. Slow, and only for tiny checkpoints; what the sidecar computes must be the same.

import type { ModelConfig } from "../../sidecar/checkpoint/config.ts";
import type { TensorToWrite } from "./safetensors_file.ts";

/** Rows of numbers. */
export type Rows = number[][];

export interface ReferenceSlice {
  readonly rows: number;
  readonly columns: number;
  readonly time: number;
  /** One row of features for each patch. */
  readonly features: Rows;
}

export class ReferenceModel {
  readonly #tensors: Readonly<Record<string, TensorToWrite>>;
  readonly #config: ModelConfig;
  readonly #matrices = new Map<string, Rows>();

  constructor(tensors: Readonly<Record<string, TensorToWrite>>, config: ModelConfig) {
    this.#tensors = tensors;
    this.#config = config;
  }

  /** Features of a slice's patches (3·P·P numbers each). */
  encode(patches: Rows, rows: number, columns: number): Rows {
    const { headCount, layerCount, positionsPerSide: side } = this.#config.vision;
    const place = (i: number, count: number) => Math.floor(side * i / count);
    const table = this.#matrix("vpm.embeddings.position_embedding.weight");
    let x = this.#linear(patches, "vpm.embeddings.patch_embedding").map((row, i) =>
      add(row, table[place(Math.floor(i / columns), rows) * side + place(i % columns, columns)] as number[])
    );
    for (let i = 0; i < layerCount; i++) {
      const layer = `vpm.encoder.layers.${i}`;
      const before = this.#layerNorm(x, `${layer}.layer_norm1`);
      const [q, k, v] = ["q", "k", "v"].map((part) =>
        this.#linear(before, `${layer}.self_attn.${part}_proj`)
      );
      const mixed = attend(q as Rows, k as Rows, v as Rows, headCount);
      x = addRows(x, this.#linear(mixed, `${layer}.self_attn.out_proj`));
      const wide = this.#linear(this.#layerNorm(x, `${layer}.layer_norm2`), `${layer}.mlp.fc1`);
      x = addRows(x, this.#linear(wide.map((row) => row.map(gelu)), `${layer}.mlp.fc2`));
    }
    return this.#layerNorm(x, "vpm.post_layernorm");
  }

  /** Visual tokens of a group of slices. */
  resample(group: readonly ReferenceSlice[]): Rows {
    const width = this.#config.decoder.hiddenSize;
    const values: Rows = [];
    const keys: Rows = [];
    for (const { columns, time, features } of group) {
      const projected = this.#layerNorm(this.#linear(features, "resampler.kv_proj"), "resampler.ln_kv");
      projected.forEach((row, i) => {
        const where = [...waves(i % columns, width / 4), ...waves(Math.floor(i / columns), width / 4)];
        const when = time < 0 ? row.map(() => 0) : waves(time, width / 2);
        values.push(row);
        keys.push(add(add(row, where), when));
      });
    }
    const queries = this.#layerNorm(this.#matrix("resampler.query"), "resampler.ln_q");
    const weight = this.#matrix("resampler.attn.in_proj_weight");
    const bias = this.#vector("resampler.attn.in_proj_bias");
    const project = (x: Rows, part: number) =>
      multiply(x, weight.slice(part * width, (part + 1) * width))
        .map((row) => add(row, bias.slice(part * width, (part + 1) * width)));
    const { headCount } = this.#config.resampler;
    const mixed = attend(project(queries, 0), project(keys, 1), project(values, 2), headCount);
    const normed = this.#layerNorm(this.#linear(mixed, "resampler.attn.out_proj"), "resampler.ln_post");
    return multiply(normed, transpose(this.#matrix("resampler.proj")));
  }

  /** A decoder that takes one token after another, and gives the logits of the next when asked. */
  decode() {
    const { decoder } = this.#config;
    const table = this.#matrix("llm.model.embed_tokens.weight");
    const head = decoder.hasTiedEmbeddings ? table : this.#matrix("llm.lm_head.weight");
    const caches = Array.from(
      { length: decoder.layerCount },
      () => ({ keys: [] as Rows, values: [] as Rows }),
    );
    let x: number[] = [];
    const feed = (embedding: readonly number[]) => {
      x = [...embedding];
      caches.forEach((cache, i) => {
        const layer = `llm.model.layers.${i}`;
        x = add(x, this.#selfAttention(x, layer, cache));
        const normed = this.#rmsNorm(x, `${layer}.post_attention_layernorm`);
        const [gate, up] = ["gate", "up"].map((part) => this.#apply(normed, `${layer}.mlp.${part}_proj`));
        const product = (gate as number[]).map((g, j) =>
          g / (1 + Math.exp(-g)) * ((up as number[])[j] as number)
        );
        x = add(x, this.#apply(product, `${layer}.mlp.down_proj`));
      });
    };
    return {
      feedId: (id: number) => feed(table[id] as number[]),
      feedEmbedding: feed,
      logits: () => multiply([this.#rmsNorm(x, "llm.model.norm")], head)[0] as number[],
    };
  }

  #selfAttention(x: number[], layer: string, cache: { keys: Rows; values: Rows }): number[] {
    const { headCount, kvHeadCount, headSize, ropeTheta } = this.#config.decoder;
    const normed = this.#rmsNorm(x, `${layer}.input_layernorm`);
    const position = cache.keys.length;
    const heads = (part: "q" | "k") =>
      chunk(this.#apply(normed, `${layer}.self_attn.${part}_proj`), headSize)
        .map((head) => rotate(this.#rmsNorm(head, `${layer}.self_attn.${part}_norm`), position, ropeTheta));
    const queries = heads("q");
    // Every key-value head serves several query heads: it stands once for each.
    const share = headCount / kvHeadCount;
    const spread = (parts: Rows) => parts.flatMap((part) => Array<number[]>(share).fill(part)).flat();
    cache.keys.push(spread(heads("k")));
    cache.values.push(spread(chunk(this.#apply(normed, `${layer}.self_attn.v_proj`), headSize)));
    const [mixed] = attend([queries.flat()], cache.keys, cache.values, headCount);
    return this.#apply(mixed as number[], `${layer}.self_attn.o_proj`);
  }

  #apply(x: number[], name: string): number[] {
    return multiply([x], this.#matrix(`${name}.weight`))[0] as number[];
  }

  #linear(x: Rows, name: string): Rows {
    const product = multiply(x, this.#matrix(`${name}.weight`));
    const bias = this.#tensors[`${name}.bias`] === undefined ? null : this.#vector(`${name}.bias`);
    return bias === null ? product : product.map((row) => add(row, bias));
  }

  #layerNorm(x: Rows, name: string): Rows {
    const [weight, bias] = [this.#vector(`${name}.weight`), this.#vector(`${name}.bias`)];
    return x.map((row) => {
      const mean = row.reduce((a, b) => a + b, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      return row.map((value, i) =>
        (value - mean) / Math.sqrt(variance + 1e-6) * (weight[i] as number) + (bias[i] as number)
      );
    });
  }

  #rmsNorm(x: number[], name: string): number[] {
    const weight = this.#vector(`${name}.weight`);
    const square = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    const scale = 1 / Math.sqrt(square + this.#config.decoder.normEpsilon);
    return x.map((value, i) => value * scale * (weight[i] as number));
  }

  #vector(name: string): number[] {
    return Array.from(this.#tensor(name).data);
  }

  #tensor(name: string): TensorToWrite {
    const tensor = this.#tensors[name];
    if (tensor === undefined) throw new RangeError(`the tiny checkpoint has no tensor "${name}"`);
    return tensor;
  }

  /** The first axis by all others. */
  #matrix(name: string): Rows {
    const known = this.#matrices.get(name);
    if (known !== undefined) return known;
    const { shape, data } = this.#tensor(name);
    const matrix = chunk(data, data.length / (shape[0] as number));
    this.#matrices.set(name, matrix);
    return matrix;
  }
}

/** Rows of `size` numbers each. */
export function chunk(values: readonly number[] | Float32Array, size: number): Rows {
  return Array.from(
    { length: values.length / size },
    (_, i) => Array.from(values.slice(i * size, (i + 1) * size)),
  );
}

function add(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + (b[i] as number));
}

function addRows(a: Rows, b: Rows): Rows {
  return a.map((row, i) => add(row, b[i] as number[]));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** x · Wᵀ. */
function multiply(x: Rows, weight: Rows): Rows {
  return x.map((row) => weight.map((w) => dot(row, w)));
}

function transpose(matrix: Rows): Rows {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] as number));
}

function attend(queries: Rows, keys: Rows, values: Rows, headCount: number): Rows {
  const size = (queries[0] as number[]).length / headCount;
  return queries.map((query) =>
    Array.from({ length: headCount }, (_, head) => {
      const part = (row: number[]) => row.slice(head * size, (head + 1) * size);
      const scores = keys.map((key) => dot(part(query), part(key)) / Math.sqrt(size));
      const peak = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - peak));
      const total = weights.reduce((a, b) => a + b, 0);
      const mixed = new Array<number>(size).fill(0);
      values.forEach((value, i) =>
        part(value).forEach((v, j) => mixed[j] = (mixed[j] as number) + v * (weights[i] as number) / total)
      );
      return mixed;
    }).flat()
  );
}

/** GELU in its tanh approximation. */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** Sines, then cosines, of a position at `count` frequencies. */
function waves(position: number, count: number): number[] {
  const angles = Array.from({ length: count }, (_, k) => position * 10000 ** (-k / count));
  return [...angles.map(Math.sin), ...angles.map(Math.cos)];
}

/** Rotary position: dimension k turns with dimension k + half. */
function rotate(head: number[], position: number, theta: number): number[] {
  const half = head.length / 2;
  return head.map((value, i) => {
    const k = i % half;
    const angle = position * theta ** (-k / half);
    const partner = head[(i + half) % head.length] as number;
    return value * Math.cos(angle) + (i < half ? -partner : partner) * Math.sin(angle);
  });
}
