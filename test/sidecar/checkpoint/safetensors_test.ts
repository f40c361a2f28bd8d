import assert from "node:assert/strict";
import { Failure } from "../../../protocol/errors.ts";
import { Weights } from "../../../sidecar/checkpoint/safetensors.ts";
import { safetensors, writeSafetensors } from "../../support/safetensors_file.ts";
import { tempFolder } from "../../support/temp_folder.ts";

type Files = Readonly<Record<string, Uint8Array>>;

async function open(files: Files): Promise<Weights> {
  await using folder = await tempFolder();
  for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(`${folder.path}/${name}`, bytes);
  return await Weights.open(folder.path);
}

async function refuses(files: Files, text: RegExp): Promise<void> {
  await assert.rejects(open(files), (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === "model-invalid", String(error));
    assert.match(error.message, /^Cannot use the model in ".*": .*\.$/);
    assert.match(error.message, text);
    return true;
  });
}

const entry = (shape: unknown, data_offsets: unknown, dtype: unknown = "F32") => ({
  dtype,
  shape,
  data_offsets,
});
const damaged = (header: unknown, text: RegExp, data = new Uint8Array(16)) =>
  refuses({ "model.safetensors": safetensors(header, data) }, text);

Deno.test("Weights reads tensors of every file and type", async () => {
  await using folder = await tempFolder();
  await writeSafetensors(`${folder.path}/1.safetensors`, {
    a: { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 1e-30) },
  });
  const halves = new Uint8Array(Uint16Array.of(0x3fc0, 0xc000, 0x3e00, 0xfc00).buffer);
  await Deno.writeFile(
    `${folder.path}/2.safetensors`,
    safetensors(
      { b: entry([2], [0, 4], "BF16"), c: entry([2], [4, 8], "F16"), e: entry([0], [8, 8]) },
      halves,
    ),
  );
  const weights = await Weights.open(folder.path);
  assert.deepEqual(await weights.read("a", [2, 2]), Float32Array.of(1, -2, 3.5, 1e-30));
  assert.deepEqual(await weights.read("b", [2]), Float32Array.of(1.5, -2));
  assert.deepEqual(await weights.read("c", [2]), Float32Array.of(1.5, -Infinity));
  assert.deepEqual(await weights.read("e", [0]), new Float32Array(0));
  assert.equal(weights.parameterCount, 8);
  assert.deepEqual([weights.has("a"), weights.has("z"), weights.shape("a")], [true, false, [2, 2]]);
});

Deno.test("Weights names the tensor that is missing or has another shape", async () => {
  await using folder = await tempFolder();
  await writeSafetensors(`${folder.path}/m.safetensors`, { a: { shape: [2, 3], data: new Float32Array(6) } });
  const weights = await Weights.open(folder.path);
  await assert.rejects(
    weights.read("a", [3, 2]),
    /tensor "a" in m\.safetensors has shape \[2, 3\] where \[3, 2\]/,
  );
  await assert.rejects(weights.read("a", [6]), Failure);
  await assert.rejects(async () => await weights.read("b", [1]), /tensor "b" is missing/);
});

Deno.test("Weights refuses a folder without weights", () =>
  refuses({ "a.bin": new Uint8Array(8) }, /no \.safetensors/));

Deno.test("Weights refuses a file that ends before its header", async () => {
  await refuses(
    { "m.safetensors": new Uint8Array(0) },
    /m\.safetensors is damaged \(it ends before its header\)/,
  );
  await refuses({ "m.safetensors": new Uint8Array(7) }, /ends before its header/);
});

Deno.test("Weights refuses a header that claims more than the file has, whatever the number", async () => {
  for (const length of [9n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    await refuses({ "m.safetensors": bytes }, new RegExp(`its header claims ${length} bytes`));
  }
});

Deno.test("Weights refuses a header that is no object", async () => {
  await damaged("{", /its header is not JSON/);
  await damaged("\xff\xfe", /its header is not JSON/);
  await damaged("null", /its header is not an object/);
  await damaged("[1]", /its header is not an object/);
});

Deno.test("Weights refuses entries that do not add up", async () => {
  await damaged({ a: null }, /tensor "a": no description/);
  await damaged({ a: {} }, /element type undefined is not supported/);
  await damaged({ a: entry([1], [0, 1], "I8") }, /element type "I8" is not supported/);
  await damaged({ a: entry([1], [0, 4], "toString") }, /element type "toString" is not supported/);
  await damaged({ a: entry([-1], [0, 4]) }, /its shape is not a list of sizes/);
  await damaged({ a: entry([1.5], [0, 6]) }, /its shape is not a list of sizes/);
  await damaged({ a: entry("2", [0, 8]) }, /its shape is not a list of sizes/);
  await damaged({ a: entry([1], [0]) }, /its offsets are not two positions/);
  await damaged({ a: entry([1], [-4, 0]) }, /its offsets are not two positions/);
  await damaged({ a: entry([2], [0, 4]) }, /4 bytes where its shape needs 8/);
  await damaged({ a: entry([2], [8, 0]) }, /-8 bytes where its shape needs 8/);
  await damaged({ a: entry([2 ** 40, 2 ** 40], [0, 16]) }, /16 bytes where its shape needs/);
  await damaged({ a: entry([8], [0, 32]) }, /the file ends before it does/);
  await damaged({ a: entry([1], [2 ** 50, 2 ** 50 + 4]) }, /the file ends before it does/);
});

Deno.test("Weights refuses tensors that overlap", async () => {
  await damaged({ a: entry([2], [0, 8]), b: entry([2], [4, 12]) }, /tensors "a" and "b" overlap/);
  await damaged({ a: entry([2], [4, 12]), b: entry([4], [0, 16]) }, /tensors "b" and "a" overlap/);
});

Deno.test("Weights refuses a tensor that stands in two files", async () => {
  const file = safetensors({ a: entry([1], [0, 4]) }, new Uint8Array(4));
  await refuses({ "1.safetensors": file, "2.safetensors": file }, /tensor "a" stands in two files/);
});

Deno.test("Weights says so when the file was cut after its header was read", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/m.safetensors`;
  await writeSafetensors(path, { a: { shape: [4], data: new Float32Array(4) } });
  const weights = await Weights.open(folder.path);
  await Deno.truncate(path, (await Deno.stat(path)).size - 4);
  await assert.rejects(
    weights.read("a", [4]),
    (error: unknown) =>
      error instanceof Failure && error.kind === "model-invalid" && /ends too early/.test(error.message),
  );
});

Deno.test({
  name: "Weights refuses a file that cannot be opened",
  ignore: Deno.build.os === "windows", // Making a link takes a privilege there.
  async fn() {
    await using folder = await tempFolder();
    await Deno.symlink("/nowhere/weights", `${folder.path}/m.safetensors`);
    await assert.rejects(
      Weights.open(folder.path),
      (error: unknown) =>
        error instanceof Failure && error.kind === "model-invalid" &&
        /m\.safetensors cannot be read/.test(error.message),
    );
  },
});
