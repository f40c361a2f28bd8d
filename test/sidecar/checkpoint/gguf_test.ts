import assert from "node:assert/strict";
import { Failure } from "../../../protocol/errors.ts";
import { readGguf } from "../../../sidecar/checkpoint/gguf.ts";
import { gguf, type GgufSetting, type GgufTensorToWrite } from "../../support/gguf_file.ts";
import { tempFolder } from "../../support/temp_folder.ts";

const F32 = (shape: readonly number[], offset?: number): GgufTensorToWrite => ({
  code: 0,
  shape,
  data: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
  ...(offset === undefined ? {} : { offset }),
});

Deno.test("readGguf() reads settings of every kind, and where tensors lie", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/x.gguf`;
  const settings: Record<string, GgufSetting> = {
    text: ["string", "é"],
    count: ["uint32", 7],
    less: ["int32", 7],
    long: ["uint64", 2 ** 40],
    part: ["float32", 0.5],
    yes: ["boolean", true],
    tokens: ["strings", ["a", ""]],
    kinds: ["ints", [1, 3]],
  };
  await Deno.writeFile(path, gguf(settings, { "a.weight": F32([2, 3]), b: { ...F32([4]), code: 0 } }));
  const file = await readGguf(path);
  assert.deepEqual(Object.fromEntries(file.settings), {
    ...{
      text: "é",
      count: 7,
      less: 7,
      long: 2 ** 40,
      part: 0.5,
      yes: true,
      tokens: ["a", ""],
      kinds: [1, 3],
    },
  });
  const [a, b] = [...file.tensors.values()];
  assert.deepEqual(a?.shape, [2, 3]);
  assert.equal((b?.start ?? 0) - (a?.start ?? 0), 32);
  assert.equal(a?.path, path);
});

const DAMAGED: readonly [what: string, bytes: () => Uint8Array, message: RegExp][] = [
  ["another file", () => new TextEncoder().encode("PK\x03\x04 and so on"), /it is not a GGUF file/],
  ["an old version", () => gguf({}, {}, { version: 1 }), /GGUF version 1 is not supported/],
  ["an empty file", () => new Uint8Array(0), /it ends within its header/],
  ["a cut header", () => gguf({ key: ["string", "value"] }, {}).subarray(0, 40), /it ends within its header/],
  [
    "a cut tensor",
    () => gguf({}, { a: F32([64]) }).subarray(0, 200),
    /tensor "a" ends at byte 320 and the file at 200/,
  ],
  ["tensors that overlap", () => gguf({}, { a: F32([64]), b: F32([8], 32) }), /tensors "a" and "b" overlap/],
  ["a tensor at an odd place", () => gguf({}, { a: F32([8], 4) }), /"a" does not begin at a multiple of 32/],
  [
    "an unknown type",
    () => gguf({}, { a: { ...F32([8]), code: 23 } }),
    /tensor "a" has ggml type 23, which cannot be read/,
  ],
  [
    "half a block",
    () => gguf({}, { a: { ...F32([8, 40]), code: 2 } }),
    /"a" has rows of 40 values.*blocks of Q4_0/,
  ],
  [
    "a huge shape",
    () => gguf({}, { a: { ...F32([8]), shape: [2 ** 40, 2 ** 40] } }),
    /tensor "a" claims the shape/,
  ],
  ["no values", () => gguf({}, { a: { ...F32([8]), shape: [0] } }), /tensor "a" claims the shape \[0\]/],
  ["five dimensions", () => gguf({}, { a: F32([1, 1, 1, 1, 8]) }), /tensor "a" claims 5 dimensions/],
  ["an odd alignment", () => gguf({ "general.alignment": ["uint32", 48] }, {}), /its alignment is 48/],
];

for (const [what, bytes, message] of DAMAGED) {
  Deno.test(`readGguf() refuses ${what}, naming the file`, async () => {
    await using folder = await tempFolder();
    const path = `${folder.path}/x.gguf`;
    await Deno.writeFile(path, bytes());
    await assert.rejects(readGguf(path), (error) => {
      assert.ok(error instanceof Failure && error.kind === "model-invalid", String(error));
      assert.match(error.message, message);
      assert.ok(error.message.includes(path));
      return true;
    });
  });
}

Deno.test("readGguf() does not believe counts", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/x.gguf`;
  const whole = gguf({ list: ["ints", [1, 2, 3]] }, { a: F32([8]) });
  // Where the counts of tensors, settings and items stand.
  for (const at of [8, 16, 44]) {
    for (const claim of [2n ** 31n, 2n ** 52n, 2n ** 64n - 1n]) {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setBigUint64(at, claim, true);
      await Deno.writeFile(path, bytes);
      await assert.rejects(readGguf(path), { kind: "model-invalid" }, `${claim} at ${at}`);
    }
  }
});

Deno.test("readGguf() says when there is no such file", async () => {
  await assert.rejects(readGguf("/nowhere/x.gguf"), {
    kind: "model-missing",
    message: 'Cannot open "/nowhere/x.gguf".',
  });
});
