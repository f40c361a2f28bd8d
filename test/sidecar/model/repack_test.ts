import assert from "node:assert/strict";
import {
  decodeValues,
  isFloatType,
  type QuantizedType,
  STORED_TYPES,
} from "../../../sidecar/checkpoint/stored_types.ts";
import { dequantizeBlocks } from "../../../sidecar/model/quantize.ts";
import { repackBlocks, repackedFormat } from "../../../sidecar/model/repack.ts";
import { randomBlocks, uniforms } from "../../support/random_blocks.ts";

const COUNT = 64 * 256;

for (const type of STORED_TYPES.filter((type): type is QuantizedType => !isFloatType(type))) {
  Deno.test(`repackBlocks() keeps every value of ${type}`, () => {
    const random = uniforms(type.length + COUNT);
    const bytes = randomBlocks(type, COUNT, 0.05, random);
    const format = repackedFormat(type);
    const packed = repackBlocks(type, bytes);
    assert.equal(packed.data.length, COUNT * format.bits / 8);
    assert.equal(packed.scales.length, COUNT / format.blockSize);
    assert.equal(packed.offsets !== null, format.hasOffsets);
    const [values, expected] = [dequantizeBlocks(packed, format), decodeValues(type, bytes)];
    // -0 and 0 are the same weight.
    assert.equal(values.findIndex((value, i) => value !== expected[i]), -1);
  });

  Deno.test(`repackBlocks() keeps ${type} to float32's precision with scales and minimums of any size`, () => {
    const random = uniforms(type.length);
    const bytes = randomBlocks(type, COUNT, 0.05, () => random() ** 8);
    const format = repackedFormat(type);
    const packed = repackBlocks(type, bytes);
    const [values, expected] = [dequantizeBlocks(packed, format), decodeValues(type, bytes)];
    for (let i = 0; i < COUNT; i++) {
      const offset = packed.offsets?.[Math.floor(i / format.blockSize)] ?? 0;
      const error = Math.abs((values[i] as number) - (expected[i] as number));
      assert.ok(
        error <= 2 ** -23 * (Math.abs(offset) + Math.abs(expected[i] as number)),
        `value ${i}: ${error}`,
      );
    }
  });
}
