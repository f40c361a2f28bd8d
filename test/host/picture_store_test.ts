// What concerns single files is in test/sidecar/process/bad_pictures_test.ts, from end to end.

import assert from "node:assert/strict";
import { PictureStore } from "../../host/picture_store.ts";
import { Failure } from "../../protocol/errors.ts";
import { tempFolder } from "../support/temp_folder.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
const SHA256 = await crypto.subtle.digest("SHA-256", bytes).then((digest) => new Uint8Array(digest).toHex());

Deno.test("PictureStore keeps a picture once, under the hash of its bytes", async () => {
  await using folder = await tempFolder();
  const store = new PictureStore(folder.path);
  const [a, b] = await Promise.all([store.addBytes(bytes, "a.png"), store.addBytes(bytes, "b.png")]);
  assert.deepEqual(a, { sha256: SHA256, name: "a.png", byteLength: 1000 });
  assert.deepEqual([b.sha256, b.name], [SHA256, "b.png"]);
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/pictures`)].map(({ name }) => name), [SHA256]);
  assert.deepEqual(await Deno.readFile(store.pathOf(a)), bytes);
});

Deno.test({
  name: "PictureStore lets nobody else read the pictures",
  ignore: Deno.build.os === "windows", // Files have no such mode there; the folder's rights hold.
  async fn() {
    await using folder = await tempFolder();
    const store = new PictureStore(folder.path);
    const { mode } = await Deno.stat(store.pathOf(await store.addBytes(bytes, "a.png")));
    assert.equal((mode ?? 0) & 0o077, 0);
  },
});

Deno.test("PictureStore replaces a copy that was damaged, even one of the same size", async () => {
  await using folder = await tempFolder();
  const store = new PictureStore(folder.path);
  const path = store.pathOf(await store.addBytes(bytes, "a.png"));
  for (const damaged of [new Uint8Array(1000), bytes.subarray(0, 10), new Uint8Array(0)]) {
    await Deno.writeFile(path, damaged);
    await store.addBytes(bytes, "a.png");
    assert.deepEqual(await Deno.readFile(path), bytes);
  }
});

Deno.test("PictureStore forgets a picture, and one that it does not know", async () => {
  await using folder = await tempFolder();
  const store = new PictureStore(folder.path);
  const ref = await store.addBytes(bytes, "a.png");
  await store.remove(ref);
  await store.remove(ref);
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/pictures`)], []);
});

Deno.test("PictureStore says so when the storage cannot be written to, and leaves nothing half written", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/pictures`, "a file where the folder should be");
  await assert.rejects(new PictureStore(folder.path).addBytes(bytes, "a.png"), (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === "storage-failed", String(error));
    assert.match(error.message, /^Cannot use picture "a\.png": it could not be copied to ".*" \(\w+\)\.$/);
    return true;
  });
  await using other = await tempFolder();
  await Deno.mkdir(`${other.path}/pictures/${SHA256}`, { recursive: true });
  await assert.rejects(new PictureStore(other.path).addBytes(bytes, "a.png"), Failure);
  assert.deepEqual([...Deno.readDirSync(`${other.path}/pictures`)].map(({ name }) => name), [SHA256]);
});

Deno.test("PictureStore.openPrivate() keeps copies apart from those of others, and removes only its own", async () => {
  await using folder = await tempFolder();
  const shared = new PictureStore(folder.path);
  const [a, b] = [await PictureStore.openPrivate(folder.path), await PictureStore.openPrivate(folder.path)];
  const stores = [shared, a, b];
  const [ref] = await Promise.all(stores.map((store) => store.addBytes(bytes, "a.png")));
  const paths = stores.map((store) => store.pathOf(ref ?? assert.fail()));
  assert.equal(new Set(paths).size, 3);
  await a.removeAll();
  await a.removeAll();
  for (const path of [paths[0], paths[2]]) {
    assert.deepEqual(await Deno.readFile(path ?? assert.fail()), bytes);
  }
  await assert.rejects(Deno.stat(paths[1] ?? assert.fail()), Deno.errors.NotFound);
});

Deno.test("PictureStore.openPrivate() removes what was left behind a day ago, not what is in use", async () => {
  await using folder = await tempFolder();
  const shared = await new PictureStore(folder.path).addBytes(bytes, "a.png");
  for (const [name, ageMs] of [["old", 25 * 60 * 60 * 1000], ["young", 60 * 1000]] as const) {
    await Deno.mkdir(`${folder.path}/pictures/${name}`);
    const then = new Date(Date.now() - ageMs);
    await Deno.utime(`${folder.path}/pictures/${name}`, then, then);
  }
  await PictureStore.openPrivate(folder.path);
  const left = [...Deno.readDirSync(`${folder.path}/pictures`)].map(({ name }) => name).sort();
  assert.deepEqual(left, [shared.sha256, "young"].sort());
});
