// A GGUF language model and its mmproj file as one checkpoint with the names of the release.
// @see minicpmv45-spec.md section 7.2

import { Failure } from "../../protocol/errors.ts";
import { type Checkpoint, elementCount, readFloats, requireShape, type StoredTensor } from "./checkpoint.ts";
import type { GgufFile, GgufTensor } from "./gguf.ts";
import { readRange } from "./read_range.ts";
import { isFloatType, storedByteLength } from "./stored_types.ts";

/** Where a tensor of the release is: a tensor of one of the files, or several whose rows follow each other. */
interface Place {
  readonly file: "language" | "vision";
  readonly names: readonly string[];
  /** Whether the file has rows and columns exchanged. */
  readonly isTransposed?: boolean;
}

const ATTENTION: Readonly<Record<string, string>> = {
  q_proj: "attn_q",
  k_proj: "attn_k",
  v_proj: "attn_v",
  o_proj: "attn_output",
  out_proj: "attn_out",
  q_norm: "attn_q_norm",
  k_norm: "attn_k_norm",
};

/** Names of the release as patterns, with the place for each match. */
const PLACES: readonly (readonly [RegExp, (match: readonly string[], file: Files) => Place])[] = [
  [/^llm\.model\.embed_tokens\.weight$/, () => language("token_embd.weight")],
  [/^llm\.model\.norm\.weight$/, () => language("output_norm.weight")],
  [/^llm\.lm_head\.weight$/, () => language("output.weight")],
  [
    /^llm\.model\.layers\.(\d+)\.self_attn\.([qkvo]_(?:proj|norm))\.weight$/,
    ([, i, part = ""]) => language(`blk.${i}.${ATTENTION[part]}.weight`),
  ],
  [
    /^llm\.model\.layers\.(\d+)\.mlp\.(gate|up|down)_proj\.weight$/,
    ([, i, part]) => language(`blk.${i}.ffn_${part}.weight`),
  ],
  [/^llm\.model\.layers\.(\d+)\.input_layernorm\.weight$/, ([, i]) => language(`blk.${i}.attn_norm.weight`)],
  [
    /^llm\.model\.layers\.(\d+)\.post_attention_layernorm\.weight$/,
    ([, i]) => language(`blk.${i}.ffn_norm.weight`),
  ],
  [/^vpm\.embeddings\.patch_embedding\.(weight|bias)$/, ([, kind]) => vision(`v.patch_embd.${kind}`)],
  [/^vpm\.embeddings\.position_embedding\.weight$/, () => vision("v.position_embd.weight")],
  [/^vpm\.post_layernorm\.(weight|bias)$/, ([, kind]) => vision(`v.post_ln.${kind}`)],
  [
    /^vpm\.encoder\.layers\.(\d+)\.self_attn\.((?:[qkv]|out)_proj)\.(weight|bias)$/,
    ([, i, part = "", kind]) => vision(`v.blk.${i}.${ATTENTION[part]}.${kind}`),
  ],
  [
    /^vpm\.encoder\.layers\.(\d+)\.layer_norm([12])\.(weight|bias)$/,
    ([, i, norm, kind]) => vision(`v.blk.${i}.ln${norm}.${kind}`),
  ],
  [
    /^vpm\.encoder\.layers\.(\d+)\.mlp\.fc([12])\.(weight|bias)$/,
    ([, i, layer, kind], files) => vision(`v.blk.${i}.${mlpName(files, Number(i), layer === "1")}.${kind}`),
  ],
  [/^resampler\.query$/, () => vision("resampler.query")],
  [/^resampler\.proj$/, () => ({ ...vision("resampler.proj.weight"), isTransposed: true })],
  [/^resampler\.kv_proj\.weight$/, () => vision("resampler.kv.weight")],
  [
    /^resampler\.attn\.in_proj_(weight|bias)$/,
    ([, kind]) => vision(...["q", "k", "v"].map((part) => `resampler.attn.${part}.${kind}`)),
  ],
  [/^resampler\.attn\.out_proj\.(weight|bias)$/, ([, kind]) => vision(`resampler.attn.out.${kind}`)],
  [
    /^resampler\.(ln_q|ln_kv|ln_post)\.(weight|bias)$/,
    ([, norm, kind]) => vision(`resampler.${norm}.${kind}`),
  ],
];

/** The table of positions, which can be computed and is no parameter of the model. */
const REDUNDANT = ["resampler.pos_embed_k"];

/** The two files of a model. */
export interface Files {
  readonly language: GgufFile;
  readonly vision: GgufFile;
}

function language(...names: string[]): Place {
  return { file: "language", names };
}

function vision(...names: string[]): Place {
  return { file: "vision", names };
}

/** The layer that widens is called ffn_down in the files of the release and ffn_up in newer ones: the shapes tell. */
function mlpName({ vision }: Files, layer: number, isWidening: boolean): string {
  const weight = vision.tensors.get(`v.blk.${layer}.ffn_down.weight`);
  const width = vision.tensors.get(`v.blk.${layer}.ln1.weight`)?.shape[0];
  const isDownWidening = weight?.shape[1] === width;
  return isWidening === isDownWidening ? "ffn_down" : "ffn_up";
}

/** A checkpoint in two GGUF files. */
export class GgufCheckpoint implements Checkpoint {
  readonly #files: Files;
  readonly #used = new Set<string>(REDUNDANT);

  constructor(files: Files) {
    this.#files = files;
  }

  get parameterCount(): number {
    const { language, vision } = this.#files;
    // The table of positions can be computed, and is no parameter of the model.
    const tensors = [...language.tensors, ...vision.tensors].filter(([name]) =>
      name !== "resampler.pos_embed_k"
    );
    return tensors.reduce((count, [, { shape }]) => count + elementCount(shape), 0);
  }

  /**
   * Refuses files with tensors that nobody has asked for: such a model computes something else.
   * @throws Failure "model-invalid" naming the tensor
   */
  requireAllUsed(): void {
    for (const { path, tensors } of [this.#files.language, this.#files.vision]) {
      const unknown = [...tensors.keys()].find((name) => !this.#used.has(name));
      if (unknown === undefined) continue;
      throw new Failure(
        "model-invalid",
        `Cannot use "${path}": it has a tensor "${unknown}" that a model of this architecture does not have.`,
        { subject: path },
      );
    }
  }

  has(name: string): boolean {
    const place = this.#place(name);
    return place !== undefined && place.names.every((part) => this.#files[place.file].tensors.has(part));
  }

  tensor(name: string, shape: readonly number[]): StoredTensor {
    const place = this.#place(name);
    if (place === undefined) throw new RangeError(`no place is known for the tensor "${name}"`);
    const file = this.#files[place.file];
    const parts = place.names.map((part) => open(file, part));
    for (const part of place.names) this.#used.add(part);
    const whole = parts.length === 1 ? parts[0] as StoredTensor : join(parts);
    const tensor = place.isTransposed ? transpose(whole) : whole;
    requireShape(file.path, tensor, shape);
    return tensor;
  }

  #place(name: string): Place | undefined {
    for (const [pattern, place] of PLACES) {
      const match = pattern.exec(name);
      if (match !== null) return place(match, this.#files);
    }
    return undefined;
  }
}

function open({ path, tensors }: GgufFile, name: string): StoredTensor {
  const stored: GgufTensor | undefined = tensors.get(name);
  if (stored === undefined) {
    throw new Failure("model-invalid", `Cannot use "${path}": tensor "${name}" is missing.`, {
      subject: path,
    });
  }
  const { type, shape, start, path: file } = stored;
  return {
    ...{ name, file, type, shape },
    read: (from, to) =>
      readRange(file, start + storedByteLength(type, from), storedByteLength(type, to - from)),
  };
}

/** Tensors as one, the rows of each behind those of the one before. */
function join(parts: readonly StoredTensor[]): StoredTensor {
  const [first] = parts as readonly [StoredTensor];
  if (!parts.every(({ type }) => type === first.type && isFloatType(type))) {
    return join(parts.map(asFloat32));
  }
  const width = first.shape.slice(1);
  for (const part of parts) requireShape(part.file, part, [part.shape[0] as number, ...width]);
  return {
    name: parts.map(({ name }) => name).join(" + "),
    file: first.file,
    type: first.type,
    shape: [parts.reduce((rows, { shape }) => rows + (shape[0] as number), 0), ...width],
    async read(from, to) {
      const size = storedByteLength(first.type, 1);
      const bytes = new Uint8Array((to - from) * size);
      let start = 0;
      for (const part of parts) {
        const end = start + elementCount(part.shape);
        const [a, b] = [Math.max(from, start), Math.min(to, end)];
        if (a < b) bytes.set(await part.read(a - start, b - start), (a - from) * size);
        start = end;
      }
      return bytes;
    },
  };
}

/** A matrix with rows and columns exchanged. */
function transpose(tensor: StoredTensor): StoredTensor {
  if (!isFloatType(tensor.type)) return transpose(asFloat32(tensor));
  const [rows = 0, columns = 0] = tensor.shape;
  const words = tensor.type === "F32" ? Uint32Array : Uint16Array;
  return {
    ...tensor,
    shape: [columns, rows],
    async read(from, to) {
      const values = new words((await tensor.read(0, rows * columns)).buffer);
      const turned = new words(to - from);
      for (let i = from; i < to; i++) {
        turned[i - from] = values[i % rows * columns + Math.floor(i / rows)] as number;
      }
      return new Uint8Array(turned.buffer);
    },
  };
}

/** A tensor in whatever form, as float32. */
function asFloat32(tensor: StoredTensor): StoredTensor {
  return {
    ...tensor,
    type: "F32",
    read: async (from, to) => new Uint8Array((await readFloats(tensor, from, to)).buffer),
  };
}
