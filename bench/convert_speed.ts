// deno run --allow-read bench/convert_speed.ts: how fast each type of block is decoded and repacked, and weights are
// quantised, in megabytes of the source a second on one core, and quantised on all. The fastest of many short runs counts, so that what else the machine
// does matters little.

import { decodeValues, isFloatType, STORED_TYPES, storedFormat } from "../sidecar/checkpoint/stored_types.ts";
import { type BlockFormat, quantizeBlocks } from "../sidecar/model/quantize.ts";
import { Quantizers } from "../sidecar/model/quantizers.ts";
import { repackBlocks } from "../sidecar/model/repack.ts";

const SOURCE_BYTES = 512 * 1024;
const STRETCH_MS = 1000;
/** The first runs are slower: the engine is still compiling. */
const LEAST_RUNS = 300;
const COLUMNS = 1024;
const FORMATS: readonly BlockFormat[] = [
  { bits: 4, blockSize: 32 },
  { bits: 4, blockSize: 64 },
  { bits: 4, blockSize: 128 },
  { bits: 8, blockSize: 32 },
];

async function megabytesPerSecond(
  byteLength: number,
  work: () => unknown,
  leastRuns = LEAST_RUNS,
): Promise<string> {
  let fastestMs = Infinity;
  const end = performance.now() + STRETCH_MS;
  for (let runs = 0; runs < leastRuns || performance.now() < end; runs++) {
    const start = performance.now();
    await work();
    fastestMs = Math.min(fastestMs, performance.now() - start);
  }
  return `${(byteLength / 1e3 / fastestMs).toFixed(0)} MB/s`.padStart(11);
}

const noise = new Uint8Array(SOURCE_BYTES);
for (let i = 0, seed = 1; i < noise.length; i++) {
  seed = Math.imul(seed, 1664525) + 1013904223;
  noise[i] = seed >>> 24;
}
for (const type of STORED_TYPES) {
  const { byteLength } = storedFormat(type);
  const bytes = noise.subarray(0, Math.floor(noise.length / byteLength) * byteLength);
  const decode = await megabytesPerSecond(bytes.length, () => decodeValues(type, bytes));
  const repack = isFloatType(type)
    ? ""
    : `  repack ${await megabytesPerSecond(bytes.length, () => repackBlocks(type, bytes))}`;
  console.log(`${type.padEnd(5)} decode ${decode}${repack}`);
}
const values = Float32Array.from({ length: 64 * COLUMNS }, (_, i) => Math.tan(1.4 * Math.sin(i * i)) / 6);
for (const format of FORMATS) {
  const work = () => quantizeBlocks(values, values.length / COLUMNS, COLUMNS, format);
  const { squaredError, squaredNorm } = await work();
  const speed = await megabytesPerSecond(2 * values.length, work);
  console.log(
    `bf16 to ${format.bits} bits in blocks of ${format.blockSize} ${speed}` +
      `  (changed by ${(100 * Math.sqrt(squaredError / squaredNorm)).toFixed(2)} %)`,
  );
}
using quantizers = new Quantizers();
const JOB_BYTES = 2 * 1024 * 1024;
const halves = new Uint8Array(JOB_BYTES).map((_, i) => i & 1 ? 0x3c : noise[i % noise.length] as number);
const JOBS = 4 * quantizers.count;
for (const format of FORMATS) {
  const all = () =>
    Promise.all(
      Array.from({ length: JOBS }, () =>
        quantizers.quantize({ type: "BF16", bytes: halves.slice(), columns: COLUMNS, format })),
    );
  const speed = await megabytesPerSecond(JOBS * JOB_BYTES, all, 4);
  console.log(
    `bf16 to ${format.bits} bits in blocks of ${format.blockSize} on ${quantizers.count} threads ${speed}`,
  );
}
