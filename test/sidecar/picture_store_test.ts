import assert from "node:assert/strict";
import { PictureStore as HostStore } from "../../host/picture_store.ts";
import type { PictureRef } from "../../protocol/conversation.ts";
import { Failure, type FailureKind } from "../../protocol/errors.ts";
import { PictureStore } from "../../sidecar/picture_store.ts";
import { tempFolder } from "../support/temp_folder.ts";

const refuses = (reading: Promise<unknown>, kind: FailureKind) =>
  assert.rejects(reading, (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === kind, String(error));
    assert.match(error.message, /^Cannot use picture "x\.png": its copy on this machine .* Add it again\.$/);
    return true;
  });

Deno.test("PictureStore reads what the host has put there", async () => {
  await using folder = await tempFolder();
  const bytes = crypto.getRandomValues(new Uint8Array(1000));
  const ref = await new HostStore(folder.path).addBytes(bytes, "x.png");
  assert.deepEqual(await new PictureStore(folder.path).read(ref), bytes);
});

Deno.test("PictureStore finds what one host keeps for itself, as long as anybody has a copy", async () => {
  await using folder = await tempFolder();
  const [a, b] = [await HostStore.openPrivate(folder.path), await HostStore.openPrivate(folder.path)];
  const bytes = Uint8Array.of(1, 2, 3);
  const ref = await a.addBytes(bytes, "x.png");
  await b.addBytes(bytes, "x.png");
  const store = new PictureStore(folder.path);
  assert.deepEqual(await store.read(ref), bytes);
  await a.removeAll();
  assert.deepEqual(await store.read(ref), bytes);
  await b.removeAll();
  await refuses(store.read(ref), "picture-missing");
});

Deno.test("PictureStore refuses a picture that is gone", async () => {
  await using folder = await tempFolder();
  const ref = { sha256: "0".repeat(64), name: "x.png", byteLength: 1 };
  await refuses(new PictureStore(folder.path).read(ref), "picture-missing");
});

Deno.test("PictureStore refuses a picture that has changed", async () => {
  await using folder = await tempFolder();
  const host = new HostStore(folder.path);
  const ref = await host.addBytes(Uint8Array.of(1, 2, 3), "x.png");
  await Deno.writeFile(host.pathOf(ref), Uint8Array.of(1, 2, 4));
  await refuses(new PictureStore(folder.path).read(ref), "picture-damaged");
});

Deno.test("PictureStore takes nothing but a hash for a name", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(`${folder.path}/pictures`);
  await Deno.writeTextFile(`${folder.path}/secret`, "secret");
  const store = new PictureStore(folder.path);
  for (const sha256 of ["../secret", "", ".", "A".repeat(64), `${"0".repeat(64)}\n`, "0".repeat(63)]) {
    await refuses(store.read({ sha256, name: "x.png", byteLength: 6 }), "picture-missing");
  }
  await refuses(store.read({ name: "x.png" } as PictureRef), "picture-missing");
});
