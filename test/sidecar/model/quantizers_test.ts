import assert from "node:assert/strict";
import { type BlockFormat, quantizeBlocks } from "../../../sidecar/model/quantize.ts";
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

Deno.test("Quantizers give each job what one thread gives, to the bit, however many there are at a time", async () => {
  using quantizers = new Quantizers();
  // Of different lengths, so that they do not end in the order in which they begin.
  const sources = Array.from({ length: 3 * quantizers.count + 1 }, (_, i) => values(i, 1 + i * 13 % 40));
  for (const format of FORMATS) {
    const made = await Promise.all(sources.map((data) => quantizers.quantize(job(data, format))));
    for (const [i, data] of sources.entries()) {
      assert.deepEqual(made[i], await quantizeBlocks(data, data.length / COLUMNS, COLUMNS, format));
    }
  }
});

Deno.test("Quantizers tell of a job that cannot be done", async () => {
  using quantizers = new Quantizers();
  const wrong = job(new Float32Array(40), { bits: 4, blockSize: 32 });
  await assert.rejects(
    quantizers.quantize({ ...wrong, columns: 40 }),
    /40 columns are not made of blocks of 32/,
  );
});

Deno.test("Quantizers can be ended in the middle of their work", () => {
  using quantizers = new Quantizers();
  // Never settles, and keeps nothing alive.
  void quantizers.quantize(job(values(1, 4000), { bits: 4, blockSize: 32 }));
});
