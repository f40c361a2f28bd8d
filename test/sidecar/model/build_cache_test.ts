import assert from "node:assert/strict";
import { Failure } from "../../../protocol/errors.ts";
import { openBuiltModel } from "../../../sidecar/model/build_cache.ts";
import { EXACT } from "../../../sidecar/model/graph_style.ts";
import type { Precision } from "../../../protocol/conversation.ts";
import { runDeno } from "../../support/deno.ts";
import { type TempFolder, tempFolder } from "../../support/temp_folder.ts";
import { type TinyCheckpoint, writeTinyCheckpoint } from "../../support/tiny_checkpoint.ts";

/** A tiny checkpoint with an empty cache beside it. */
async function bench() {
  const folder = await tempFolder();
  const checkpoint = await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  return {
    ...placesIn(folder, checkpoint),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function placesIn({ path }: TempFolder, { config }: TinyCheckpoint) {
  const [checkpoint, cache] = [`${path}/checkpoint`, `${path}/cache`];
  return {
    checkpoint,
    cache,
    config,
    open: (precision: Precision = "fp32", signal?: AbortSignal) =>
      openBuiltModel(checkpoint, config, precision, cache, EXACT, signal),
    names: () => [...Deno.readDirSync(cache)].map(({ name }) => name).sort(),
  };
}

/** When the weights of the built model were written, and by whom. */
const identityOf = async (folder: string) => (await Deno.stat(`${folder}/weights.bin`)).ino;

Deno.test("openBuiltModel() builds once, then finds what was built", async () => {
  await using place = await bench();
  const first = await place.open();
  const inode = await identityOf(first.weightsFolder);
  assert.deepEqual(await place.open(), first);
  assert.equal(await identityOf(first.weightsFolder), inode);
  assert.equal(place.names().length, 1);
  assert.ok(first.decoder.length > 1000 && first.decoder.length < 100_000, "weights lie outside the graph");
});

Deno.test("openBuiltModel() keeps every precision in a folder of its own", async () => {
  await using place = await bench();
  const sizes: number[] = [];
  for (const precision of ["fp32", "int8", "int4"] as const) {
    const { weightsFolder } = await place.open(precision);
    sizes.push((await Deno.stat(`${weightsFolder}/weights.bin`)).size);
  }
  assert.equal(place.names().length, 3);
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a));
});

Deno.test("openBuiltModel() builds again when a file of the checkpoint changes, and removes the old", async () => {
  await using place = await bench();
  const before = await place.open();
  const other = await place.open("int8");
  const config = `${place.checkpoint}/config.json`;
  const later = new Date(Date.now() + 10_000);
  await Deno.utime(config, later, later);
  const after = await place.open();
  assert.notEqual(after.weightsFolder, before.weightsFolder);
  assert.deepEqual(place.names().length, 2);
  assert.ok(place.names().some((name) => other.weightsFolder.endsWith(name)), "the other precision stays");
});

Deno.test("openBuiltModel() builds again what is damaged", async () => {
  await using place = await bench();
  const { weightsFolder } = await place.open();
  const whole = await Deno.readFile(`${weightsFolder}/weights.bin`);
  const damages: readonly (() => Promise<void>)[] = [
    () => Deno.remove(`${weightsFolder}/weights.bin`),
    () => Deno.truncate(`${weightsFolder}/weights.bin`, 100),
    () => Deno.writeTextFile(`${weightsFolder}/weights.json`, "{"),
    () => Deno.remove(`${weightsFolder}/weights.json`),
  ];
  for (const damage of damages) {
    await damage();
    assert.equal((await place.open()).weightsFolder, weightsFolder);
    assert.deepEqual(await Deno.readFile(`${weightsFolder}/weights.bin`), whole);
  }
});

Deno.test("openBuiltModel() may run twice at once; the first to finish wins", async () => {
  await using place = await bench();
  const [a, b] = await Promise.all([place.open(), place.open()]);
  assert.deepEqual(a, b);
  assert.equal(place.names().length, 1);
});

Deno.test("openBuiltModel() leaves nothing behind when it is cancelled", async () => {
  await using place = await bench();
  await assert.rejects(place.open("fp32", AbortSignal.abort()), { name: "AbortError" });
  const controller = new AbortController();
  const opening = place.open("int4", controller.signal);
  setTimeout(() => controller.abort(), 20);
  await assert.rejects(opening, { name: "AbortError" });
  assert.deepEqual(place.names(), []);
});

Deno.test("openBuiltModel() removes what a killed build left behind, but not a build that goes on", async () => {
  await using place = await bench();
  const draft = async (name: string, ageMs: number) => {
    await Deno.mkdir(`${place.cache}/${name}.part`, { recursive: true });
    const weights = `${place.cache}/${name}.part/weights.bin`;
    await Deno.writeTextFile(weights, "half");
    const then = new Date(Date.now() - ageMs);
    await Deno.utime(weights, then, then);
  };
  await draft("old", 2 * 60 * 60 * 1000);
  await draft("young", 60 * 1000);
  const { weightsFolder } = await place.open();
  assert.deepEqual(place.names(), [weightsFolder.split("/").at(-1), "young.part"].sort());
});

const storageFails = (opening: Promise<unknown>, text: RegExp) =>
  assert.rejects(opening, (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === "storage-failed", String(error));
    assert.match(
      error.message,
      /^Cannot prepare the model in ".*": writing to ".*" failed \(.*\)\. Free some disk space/,
    );
    assert.match(error.message, text);
    return true;
  });

Deno.test("openBuiltModel() says so when the storage cannot be written to", async () => {
  await using place = await bench();
  await Deno.writeTextFile(place.cache, "a file where the folder should be");
  await storageFails(place.open(), /os error/);
});

Deno.test({
  name: "openBuiltModel() says so when the disk is full, and leaves nothing behind",
  ignore: Deno.build.os !== "linux", // Elsewhere there is no device that is always full.
  async fn() {
    await using place = await bench();
    const { stdout, stderr } = await runDeno(
      "--allow-all",
      "test/support/build_on_full_disk.ts",
      place.checkpoint,
      place.cache,
    );
    assert.match(
      stdout,
      /^storage-failed: Cannot prepare the model .* failed \(No space left on device/,
      stderr,
    );
    assert.deepEqual(place.names(), []);
  },
});

Deno.test("openBuiltModel() does not blame the storage for what is wrong with the checkpoint", async () => {
  await using place = await bench();
  const config = { ...place.config, decoder: { ...place.config.decoder, layerCount: 3 } };
  await assert.rejects(
    openBuiltModel(place.checkpoint, config, "fp32", place.cache, EXACT),
    (error: unknown) => {
      assert.ok(error instanceof Failure && error.kind === "model-invalid", String(error));
      assert.match(error.message, /tensor "llm\.model\.layers\.2\..*" is missing/);
      return true;
    },
  );
  assert.deepEqual(place.names(), []);
});
