import assert from "node:assert/strict";
import { DiskCache } from "../../sidecar/disk_cache.ts";
import { tempFolder } from "../support/temp_folder.ts";

const OWNER = "a".repeat(64);
const OTHER = "b".repeat(64);

const bytes = (length: number, value = 7) => new Uint8Array(length).fill(value);

async function files(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

Deno.test("DiskCache gives back what was kept, to another process too", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/cache`;
  await new DiskCache(path, 1000).set(OWNER, "key", bytes(10));
  const cache = new DiskCache(path, 1000);
  assert.deepEqual(await cache.get(OWNER, "key"), bytes(10));
  assert.equal(await cache.get(OWNER, "another key"), undefined);
  assert.equal(await cache.get(OTHER, "key"), undefined);
});

Deno.test("DiskCache does not give back what has changed or was cut off", async () => {
  await using folder = await tempFolder();
  const cache = new DiskCache(folder.path, 1000);
  await cache.set(OWNER, "key", bytes(10));
  const path = `${folder.path}/${(await files(folder.path))[0]}`;
  const whole = await Deno.readFile(path);
  for (const length of [0, 3, whole.length - 1]) {
    await Deno.writeFile(path, whole.subarray(0, length));
    assert.equal(await cache.get(OWNER, "key"), undefined, `${length} bytes`);
  }
  whole.set([bytes(1)[0] as number + 1], whole.length - 1);
  await Deno.writeFile(path, whole);
  assert.equal(await cache.get(OWNER, "key"), undefined);
});

Deno.test("DiskCache removes what was used longest ago when there is no room", async () => {
  await using folder = await tempFolder();
  const cache = new DiskCache(folder.path, 1000);
  for (const [i, key] of ["a", "b", "c"].entries()) {
    await cache.set(OWNER, key, bytes(250));
    const made = new Date(Date.now() - 60_000 + i * 1000);
    for (const name of await files(folder.path)) {
      const { mtime } = await Deno.stat(`${folder.path}/${name}`);
      if (Date.now() - (mtime?.getTime() ?? 0) < 30_000) {
        await Deno.utime(`${folder.path}/${name}`, made, made);
      }
    }
  }
  assert.ok(await cache.get(OWNER, "a"));
  await cache.set(OTHER, "d", bytes(250));
  assert.deepEqual(
    await Promise.all(["a", "b", "c"].map(async (key) => (await cache.get(OWNER, key)) !== undefined)),
    [true, false, true],
  );
  await cache.set(OWNER, "too large", bytes(1001));
  assert.equal(await cache.get(OWNER, "too large"), undefined);
  assert.equal((await files(folder.path)).length, 3);
});

Deno.test("DiskCache forgets the values of pictures that are gone", async () => {
  await using folder = await tempFolder();
  const cache = new DiskCache(folder.path, 1000);
  await cache.set(OWNER, "a", bytes(5));
  await cache.set(OWNER, "b", bytes(5));
  await cache.set(OTHER, "a", bytes(5));
  await cache.removeOrphans((owner) => Promise.resolve(owner === OTHER));
  assert.equal((await files(folder.path)).length, 1);
  assert.ok(await cache.get(OTHER, "a"));
});

Deno.test("DiskCache keeps nothing without room, and does without a folder it cannot write to", async () => {
  await using folder = await tempFolder();
  const none = new DiskCache(`${folder.path}/none`, 0);
  await none.set(OWNER, "a", bytes(1));
  assert.equal(await none.get(OWNER, "a"), undefined);
  assert.deepEqual(await files(folder.path), []);
  await Deno.writeTextFile(`${folder.path}/file`, "in the way");
  const blocked = new DiskCache(`${folder.path}/file`, 100);
  await blocked.set(OWNER, "a", bytes(1));
  assert.equal(await blocked.get(OWNER, "a"), undefined);
  await new DiskCache(`${folder.path}/never made`, 100).removeOrphans(() => Promise.resolve(false));
});

Deno.test("DiskCache lets nothing but a hash become part of a path", async () => {
  const cache = new DiskCache("/nowhere", 100);
  for (const owner of ["../../etc/passwd", "A".repeat(64), ""]) {
    await assert.rejects(cache.get(owner, "key"), RangeError);
    await assert.rejects(cache.set(owner, "key", bytes(1)), RangeError);
  }
});
