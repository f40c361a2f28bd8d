import assert from "node:assert/strict";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Library } from "../../../extension/history/library.ts";
import { StoredPictures } from "../../../extension/history/stored_pictures.ts";
import { KEPT_MS } from "../../../extension/picture_use.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { keptOf, recordOf } from "../support/kept_conversations.ts";
import { picture } from "../support/pictures.ts";

const PICTURE_BYTES = 1_000;

/** A store with pictures named by one character each, all of {@link PICTURE_BYTES}. */
async function storeWith(root: string, names: string, openIds: ReadonlySet<string> = new Set()) {
  const library = new Library(join(root, "conversations"));
  const [folder, openedFolder] = [join(root, "pictures"), join(root, "opened")];
  await mkdir(join(folder, "a-program's-own"), { recursive: true });
  await mkdir(openedFolder);
  for (const name of names) {
    await writeFile(join(folder, picture(name).sha256), new Uint8Array(PICTURE_BYTES));
    await writeFile(join(openedFolder, `${name} ${picture(name).sha256.slice(0, 8)}.png`), "copy");
  }
  const isOpen = (id: string) => Promise.resolve(openIds.has(id));
  const pictures = new StoredPictures({ library, folder, openedFolder, isOpen });
  const write = async (names: string, changedMs: number, id?: string) => {
    const record = recordOf({ question: "?", pictures: [...names].map((name) => picture(name)) });
    const kept = keptOf(record, { changedMs, ...(id === undefined ? {} : { id }) });
    await library.write(kept);
    await utimes(library.pathOf(kept.id), changedMs / 1000, changedMs / 1000);
    return kept.id;
  };
  const left = async () =>
    (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name) => name.charAt(0)).sort().join("");
  const opened = async () => (await readdir(openedFolder)).map((name) => name.charAt(0)).sort().join("");
  return { library, pictures, folder, write, left, opened };
}

Deno.test("pictures go with their last conversation, and with them what was made of them", async () => {
  await using temp = await tempFolder();
  const { library, pictures, folder, write, left, opened } = await storeWith(temp.path, "abc");
  await writeFile(join(folder, `${picture("a").sha256}.svg`), "shown");
  const first = await write("ab", 1_000);
  await write("bc", 2_000);
  const hashes = await pictures.namedBy(first);
  assert.equal(await pictures.removeUnused(hashes), 0, "it is still there");
  await library.remove(first);
  assert.equal(await pictures.removeUnused(hashes), 1);
  assert.equal(await left(), "bc");
  assert.equal(await opened(), "bc");
  assert.deepEqual((await readdir(folder)).filter((name) => name.endsWith(".svg")), []);
});

Deno.test("a file that cannot be understood keeps its pictures", async () => {
  await using temp = await tempFolder();
  const { library, pictures, write, left } = await storeWith(temp.path, "ab");
  const first = await write("ab", 1_000);
  const damaged = keptOf(recordOf({ question: "?" })).id;
  await writeFile(library.pathOf(damaged), `{"form":99,"frames":["${picture("b").sha256}"`);
  const hashes = await pictures.namedBy(first);
  await library.remove(first);
  await pictures.removeUnused(hashes);
  assert.equal(await left(), "b");
});

Deno.test("no picture goes while a conversation's file cannot be read", async () => {
  await using temp = await tempFolder();
  const { library, pictures, left } = await storeWith(temp.path, "a");
  await mkdir(library.pathOf(keptOf(recordOf({ question: "?" })).id), { recursive: true });
  await assert.rejects(pictures.removeUnused(new Set([picture("a").sha256])));
  await assert.rejects(pictures.makeRoom(0));
  assert.equal(await left(), "a");
});

Deno.test("over the limit, pictures of the oldest conversations go, save those that are open", async () => {
  await using temp = await tempFolder();
  const open = "00000000-0000-4000-8000-000000000000";
  const { pictures, write, left } = await storeWith(temp.path, "abcdef", new Set([open]));
  await write("a", 1_000, open);
  await write("bc", 2_000);
  await write("cd", 3_000);
  await write("e", 4_000);
  assert.equal(await pictures.makeRoom(6 * PICTURE_BYTES), 0);
  assert.equal(await left(), "abcdef");
  await pictures.makeRoom(5 * PICTURE_BYTES);
  assert.equal(await left(), "acdef", "the oldest that is not open, and that no newer one has");
  await pictures.makeRoom(2 * PICTURE_BYTES);
  assert.equal(await left(), "af", "c and d are older than e; f was used just now, and a is open");
  await pictures.makeRoom(0);
  assert.equal(await left(), "a");
});

Deno.test("after 30 days, pictures go that no conversation has, and no others", async () => {
  await using temp = await tempFolder();
  const { pictures, folder, write, left } = await storeWith(temp.path, "abc");
  await write("a", 1_000);
  const oldMs = Date.now() - KEPT_MS - 60_000;
  for (const name of "ab") await utimes(join(folder, picture(name).sha256), oldMs / 1000, oldMs / 1000);
  assert.equal(await pictures.makeRoom(1e9), 1);
  assert.equal(await left(), "ac");
});
