import assert from "node:assert/strict";
import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deleteUnused, KEPT_MS, usePictures } from "../../extension/picture_use.ts";
import { picture } from "./support/pictures.ts";

/** A folder with a picture that was used at each of the given times, named by its place. */
async function folderWith(usedMs: readonly number[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const [index, ms] of usedMs.entries()) {
    await writeFile(join(folder, String(index)), "x");
    await utimes(join(folder, String(index)), ms / 1000, ms / 1000);
  }
  return folder;
}

Deno.test("deleteUnused() deletes what nobody used for 30 days, and nothing else", async () => {
  const nowMs = Date.now();
  const folder = await folderWith([nowMs, nowMs - KEPT_MS + 60_000, nowMs - KEPT_MS - 60_000]);
  assert.equal(await deleteUnused(folder, nowMs), 1);
  assert.deepEqual((await readdir(folder)).sort(), ["0", "1"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deleteUnused() finds nothing in a folder that is not there", async () => {
  assert.equal(await deleteUnused("/nowhere/pictures"), 0);
});

Deno.test("usePictures() keeps pictures for longer and names those that are gone", async () => {
  const folder = await folderWith([0]);
  const pathOf = ({ name }: { name: string }) => join(folder, name);
  const missing = await usePictures(pathOf, [picture("a", "0"), picture("b", "gone")]);
  assert.deepEqual([...missing], [picture("b").sha256]);
  assert.ok(Date.now() - (await stat(join(folder, "0"))).mtimeMs < KEPT_MS);
  await Deno.remove(folder, { recursive: true });
});
