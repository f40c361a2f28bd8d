import assert from "node:assert/strict";
import { decodeValues, type QuantizedType, storedFormat } from "../../../sidecar/checkpoint/stored_types.ts";
import { uniforms } from "../../support/random_blocks.ts";

/** Value `i` of a block, written after the description of the format, bit by bit. */
type Reference = (block: Uint8Array, i: number) => number;

function halfAt(block: Uint8Array, at: number): number {
  const word = new DataView(block.buffer, block.byteOffset).getUint16(at, true);
  const [sign, exponent, fraction] = [word & 0x8000 ? -1 : 1, word >> 10 & 31, word & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction / 2 ** 24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const bit = (block: Uint8Array, at: number, i: number) => (block[at + (i >> 3)] as number) >> (i & 7) & 1;
const nibble = (block: Uint8Array, at: number, i: number) =>
  (block[at + (i >> 1)] as number) >> (i & 1) * 4 & 15;
/** Nibbles whose low halves all come before the high ones. */
const split = (block: Uint8Array, at: number, i: number, half: number) =>
  nibble(block, at, i % half * 2 + (i >= half ? 1 : 0));
const signed = (byte: number) => byte > 127 ? byte - 256 : byte;

/** Six-bit scale and minimum of sub-block j of a K block. */
function subBlock(block: Uint8Array, j: number): [scale: number, minimum: number] {
  const byte = (i: number) => block[4 + i] as number;
  if (j < 4) return [byte(j) % 64, byte(j + 4) % 64];
  const low = byte(j + 4);
  return [low % 16 + 16 * (byte(j - 4) >> 6), (low >> 4) + 16 * (byte(j) >> 6)];
}

const REFERENCES: Readonly<Record<QuantizedType, Reference>> = {
  Q4_0: (block, i) => halfAt(block, 0) * (split(block, 2, i, 16) - 8),
  Q4_1: (block, i) => halfAt(block, 0) * split(block, 4, i, 16) + halfAt(block, 2),
  Q5_0: (block, i) => halfAt(block, 0) * (split(block, 6, i, 16) + 16 * bit(block, 2, i) - 16),
  Q5_1: (block, i) => halfAt(block, 0) * (split(block, 8, i, 16) + 16 * bit(block, 4, i)) + halfAt(block, 2),
  Q8_0: (block, i) => halfAt(block, 0) * signed(block[2 + i] as number),
  Q4_K(block, i) {
    const [scale, minimum] = subBlock(block, i >> 5);
    const q = split(block, 16 + (i >> 6) * 32, i % 64, 32);
    return halfAt(block, 0) * scale * q - halfAt(block, 2) * minimum;
  },
  Q5_K(block, i) {
    const [scale, minimum] = subBlock(block, i >> 5);
    const q = split(block, 48 + (i >> 6) * 32, i % 64, 32) +
      16 * ((block[16 + i % 32] as number) >> (i >> 5) & 1);
    return halfAt(block, 0) * scale * q - halfAt(block, 2) * minimum;
  },
  Q6_K(block, i) {
    const [half, within] = [i >> 7, i % 128];
    const low = split(block, half * 64, within, 64);
    const high = (block[128 + half * 32 + within % 32] as number) >> (within >> 5) * 2 & 3;
    return halfAt(block, 208) * signed(block[192 + (i >> 4)] as number) * (low + 16 * high - 32);
  },
};

for (const [type, reference] of Object.entries(REFERENCES) as [QuantizedType, Reference][]) {
  Deno.test(`decodeValues() reads ${type} as its description says, whatever the bytes`, () => {
    const { count, byteLength } = storedFormat(type);
    const random = uniforms(type.length * 31 + byteLength);
    const bytes = Uint8Array.from({ length: 200 * byteLength }, () => random() * 256);
    const values = decodeValues(type, bytes);
    assert.equal(values.length, 200 * count);
    for (let i = 0; i < values.length; i++) {
      const block = bytes.subarray(
        Math.floor(i / count) * byteLength,
        (Math.floor(i / count) + 1) * byteLength,
      );
      const expected = Math.fround(reference(block, i % count));
      // -0 and 0 are the same weight.
      if (!(values[i] === expected || Number.isNaN(expected) && Number.isNaN(values[i]))) {
        assert.fail(`${type}, value ${i}: ${values[i]} where ${expected} is right`);
      }
    }
  });
}
