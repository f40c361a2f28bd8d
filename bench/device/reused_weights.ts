// Random weights of any shapes, made in seconds: matrices of one shape lie in the file once, whichever layer asks for
// them. Sizes and arithmetic are the real ones; what a network over them says is noise.

import type { ExternalTensor } from "../../sidecar/graph/graph_builder.ts";
import { WeightsFile, WeightsLayout } from "../../sidecar/graph/weights_file.ts";
import type { BlockFormat } from "../../sidecar/model/quantize.ts";
import type { FloatSource, MatrixRole, PlacedMatrix, WeightStore } from "../../sidecar/model/weight_store.ts";

const FILE = "weights.bin";
/** Random bytes that are repeated; a prime number, so that rows differ. */
const NOISE_BYTES = 1_048_573;

interface Part {
  readonly place: ExternalTensor;
  readonly fill: (noise: Uint8Array<ArrayBuffer>) => ArrayBufferView<ArrayBuffer>;
}

/** Answers for weights that {@link ReusedWeights.write} makes afterwards. */
export class ReusedWeights implements WeightStore {
  readonly #layout = new WeightsLayout(FILE);
  readonly #parts = new Map<string, Part>();
  /** How the decoder's matrices are stored; null for float32. */
  readonly #format: BlockFormat | null;

  constructor(format: BlockFormat | null) {
    this.#format = format;
  }

  floats(key: string, dims: readonly number[], source: FloatSource): ExternalTensor {
    if (source.kind === "table") {
      return this.#part(key, "float32", dims, source.compute);
    }
    const isNorm = /norm|ln_/.test(key) && key.endsWith("weight");
    const kind = `${isNorm ? "ones" : "noise"} ${dims}`;
    // As wide as a trained matrix: rows of about unit length.
    const scale = dims.length === 1 ? 0.02 : 1 / Math.sqrt(Math.max(...dims.slice(-2)));
    return this.#part(kind, "float32", dims, (noise) => {
      const length = dims.reduce((product, dim) => product * dim, 1);
      const values = new Float32Array(length);
      for (let i = 0; i < length; i++) {
        values[i] = isNorm ? 1 : ((noise[i % NOISE_BYTES] as number) - 127.5) / 74 * scale;
      }
      return values;
    });
  }

  blocks(_name: string, rows: number, columns: number, role: MatrixRole): PlacedMatrix | null {
    if (this.#format === null) return null;
    const { bits, blockSize } = role === "linear" ? this.#format : { bits: 8, blockSize: 32 } as const;
    const kind = `blocks ${rows} ${columns} ${bits} ${blockSize}`;
    const byteLength = rows * columns * bits / 8;
    return {
      ...{ bits, blockSize, offsets: null },
      data: this.#part(`${kind} data`, "uint8", [rows, columns * bits / 8], (noise) => {
        const bytes = new Uint8Array(byteLength);
        for (let at = 0; at < byteLength; at += NOISE_BYTES) {
          bytes.set(noise.subarray(0, Math.min(NOISE_BYTES, byteLength - at)), at);
        }
        return bytes;
      }),
      scales: this.#part(
        `${kind} scales`,
        "float32",
        [rows, columns / blockSize],
        () => new Float32Array(rows * columns / blockSize).fill(3.5 / (2 ** bits * Math.sqrt(columns))),
      ),
    };
  }

  /** Bytes of the file. */
  get byteLength(): number {
    return this.#layout.byteLength;
  }

  /** Writes everything that was asked for into a folder. */
  async write(folder: string): Promise<void> {
    const noise = new Uint8Array(NOISE_BYTES);
    for (let i = 0, seed = 1; i < noise.length; i++) {
      seed = Math.imul(seed, 1664525) + 1013904223;
      noise[i] = seed >>> 24;
    }
    using file = await WeightsFile.open(`${folder}/${FILE}`);
    for (const { place, fill } of this.#parts.values()) await file.write(place.byteOffset, fill(noise));
  }

  #part(key: string, type: "float32" | "uint8", dims: readonly number[], fill: Part["fill"]): ExternalTensor {
    const known = this.#parts.get(key);
    if (known !== undefined) return known.place;
    const place = this.#layout.place(type, dims);
    this.#parts.set(key, { place, fill });
    return place;
  }
}
