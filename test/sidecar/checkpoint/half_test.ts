import assert from "node:assert/strict";
import { bfloat16ToFloat32, float16ToFloat32 } from "../../../sidecar/checkpoint/half.ts";

Deno.test("bfloat16ToFloat32() gives the upper half of a float32 back", () => {
  const words = Uint16Array.of(0x0000, 0x8000, 0x3f80, 0xbf80, 0x4049, 0x7f80, 0xff80, 0x0001);
  const expected = [0, -0, 1, -1, 3.140625, Infinity, -Infinity, 2 ** -133];
  assert.deepEqual([...bfloat16ToFloat32(words)], expected);
  assert.ok(Number.isNaN(bfloat16ToFloat32(Uint16Array.of(0x7fc0))[0]));
});

Deno.test("float16ToFloat32() gives every one of the 65,536 values as DataView does", () => {
  const words = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const view = new DataView(words.buffer);
  const values = float16ToFloat32(words);
  for (let i = 0; i < 65536; i++) {
    assert.ok(Object.is(values[i], view.getFloat16(i * 2, true)), `word ${i.toString(16)} gave ${values[i]}`);
  }
});
