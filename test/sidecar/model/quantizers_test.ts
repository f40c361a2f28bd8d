import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type BlockFormat, type LossyMatrix, quantizeBlocks } from "../../../sidecar/model/quantize.ts";
import { type QuantizeJob, Quantizers } from "../../../sidecar/model/quantizers.ts";
import { uniforms } from "../../support/random_blocks.ts";

const COLUMNS = 256;
const FORMATS: readonly BlockFormat[] = [
  { bits: 4, blockSize: 32 },
  { bits: 4, blockSize: 128 },
  { bits: 8, blockSize: 64 },
];

function values(seed: number, rows: number): Float32Array<ArrayBuffer> {
  const random = uniforms(seed);
  return Float32Array.from({ length: rows * COLUMNS }, () => random() - 0.5);
}

function job(data: Float32Array<ArrayBuffer>, format: BlockFormat): QuantizeJob {
  return { type: "F32", bytes: new Uint8Array(data.slice().buffer), columns: COLUMNS, format };
}

/** Everything of a matrix in short: comparing the long lists themselves takes the machine's memory when they differ. */
function textOf({ data, scales, offsets, squaredError, squaredNorm }: LossyMatrix): string {
  const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  return JSON.stringify([
    digest(data),
    digest(new Uint8Array(scales.buffer)),
    offsets,
    squaredError,
    squaredNorm,
  ]);
}

Deno.test("Quantizers give each job what one thread gives, to the bit, however many there are at a time", async () => {
  using quantizers = new Quantizers();
  // Of different lengths, so that they do not end in the order in which they begin. Every other one is too short for
  // a thread of its own.
  const sources = Array.from(
    { length: 3 * quantizers.count + 1 },
    (_, i) => values(i, i % 2 === 0 ? 512 + i * 40 : 3),
  );
  for (const format of FORMATS) {
    const made = await Promise.all(sources.map((data) => quantizers.quantize(job(data, format))));
    for (const [i, data] of sources.entries()) {
      const expected = await quantizeBlocks(data, data.length / COLUMNS, COLUMNS, format);
      assert.equal(textOf(made[i] as LossyMatrix), textOf(expected));
    }
  }
});

Deno.test("Quantizers tell of a job that cannot be done", async () => {
  using quantizers = new Quantizers();
  for (const rows of [1, 5000]) {
    const wrong = job(new Float32Array(rows * 40), { bits: 4, blockSize: 32 });
    await assert.rejects(
      quantizers.quantize({ ...wrong, columns: 40 }),
      /40 columns are not made of blocks of 32/,
    );
  }
});

Deno.test("Quantizers can be ended in the middle of their work", () => {
  using quantizers = new Quantizers();
  // Never settles, and keeps nothing alive.
  void quantizers.quantize(job(values(1, 4000), { bits: 4, blockSize: 32 }));
});
