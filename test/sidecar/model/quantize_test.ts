import assert from "node:assert/strict";
import { type BlockFormat, dequantizeBlocks, quantizeBlocks } from "../../../sidecar/model/quantize.ts";

const FORMATS: readonly BlockFormat[] = [4, 8].flatMap((bits) =>
  [16, 32, 64, 128].map((blockSize) => ({ bits, blockSize }) as BlockFormat)
);

function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37) * (1 + Math.cos(i * 0.11)));
}

for (const format of FORMATS) {
  Deno.test(`quantizeBlocks() keeps values within half a step, ${format.bits} bits in blocks of ${format.blockSize}`, async () => {
    const [rows, columns] = [6, 256];
    const values = wave(rows * columns);
    const matrix = await quantizeBlocks(values, rows, columns, format);
    assert.equal(matrix.data.length, rows * columns * format.bits / 8);
    assert.equal(matrix.scales.length, rows * columns / format.blockSize);
    const back = dequantizeBlocks(matrix, format);
    const largest = 2 ** (format.bits - 1);
    values.forEach((value, i) => {
      const block = Math.floor(i / format.blockSize);
      const peak = Math.max(
        ...values.subarray(block * format.blockSize, (block + 1) * format.blockSize).map(Math.abs),
      );
      const distance = Math.abs((back[i] as number) - value);
      // Fitting the scale may cut the largest value by up to a step and a half.
      assert.ok(distance <= 1.5 * peak / largest, `value ${i}: ${value} became ${back[i]}`);
    });
  });
}

Deno.test("quantizeBlocks() finds a smaller error than fitting the largest value exactly", async () => {
  const values = wave(4096);
  const error = (back: Float32Array) =>
    values.reduce((sum, value, i) => sum + (value - (back[i] as number)) ** 2, 0);
  const format = { bits: 4, blockSize: 32 } as const;
  const best = error(dequantizeBlocks(await quantizeBlocks(values, 16, 256, format), format));
  const plain = values.map((_, i) => {
    const start = Math.floor(i / 32) * 32;
    const block = values.subarray(start, start + 32);
    const peak = block.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a);
    const scale = peak / -8;
    return Math.max(-8, Math.min(7, Math.round((values[i] as number) / scale))) * scale;
  });
  assert.ok(best < 0.9 * error(plain), `${best} against ${error(plain)}`);
});

Deno.test("quantizeBlocks() gives zeros back as zeros, and values on the grid exactly", async () => {
  const format = { bits: 4, blockSize: 16 } as const;
  const zeros = await quantizeBlocks(new Float32Array(32), 2, 16, format);
  assert.deepEqual([...dequantizeBlocks(zeros, format)], Array(32).fill(0));
  const grid = Float32Array.from({ length: 16 }, (_, i) => (i - 8) * 0.25);
  assert.deepEqual(dequantizeBlocks(await quantizeBlocks(grid, 1, 16, format), format), grid);
});

Deno.test("quantizeBlocks() puts the even column of a pair into the low half of its byte", async () => {
  const grid = Float32Array.from({ length: 16 }, (_, i) => i - 8);
  const { data } = await quantizeBlocks(grid, 1, 16, { bits: 4, blockSize: 16 });
  assert.deepEqual([...data], [0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe]);
});

Deno.test("quantizeBlocks() refuses columns that are not whole blocks", () =>
  assert.rejects(quantizeBlocks(new Float32Array(40), 1, 40, { bits: 4, blockSize: 32 }), RangeError));

Deno.test("quantizeBlocks() stops when its signal aborts", async () => {
  const controller = new AbortController();
  const quantizing = quantizeBlocks(
    wave(4 * 2 ** 20),
    1024,
    4096,
    { bits: 4, blockSize: 32 },
    controller.signal,
  );
  controller.abort();
  await assert.rejects(quantizing, { name: "AbortError" });
});
