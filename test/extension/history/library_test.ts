import assert from "node:assert/strict";
import { mkdir, readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toFileText } from "../../../extension/history/kept_conversation.ts";
import { Library, MAX_FILE_BYTES } from "../../../extension/history/library.ts";
import { Failure } from "../../../protocol/errors.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { keptOf, recordOf } from "../support/kept_conversations.ts";
import { picture } from "../support/pictures.ts";

const SAID = recordOf({ question: "What is it?", answer: "A cat.", pictures: [picture("a")] });
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

const refusedAs = (kind: string) => (error: unknown) => error instanceof Failure && error.kind === kind;

Deno.test("a conversation comes back as it was written, and the newest first", async () => {
  await using temp = await tempFolder();
  const library = new Library(join(temp.path, "conversations"));
  assert.deepEqual(await library.list(), { conversations: [], damaged: [] });
  const workspace = { uri: "file:///w", name: "w" };
  const older = keptOf(SAID, { title: "“Kept”", workspace, changedMs: 1 });
  const newer = keptOf({ ...SAID, draft: { text: "half a que", depth: "deep" } }, { changedMs: 2 });
  await library.write(older);
  await library.write(newer);
  assert.deepEqual(await library.read(newer.id), newer);
  assert.deepEqual((await library.list()).conversations, [newer, older]);
  await library.remove(newer.id);
  await library.remove(newer.id);
  await assert.rejects(library.read(newer.id), refusedAs("chat-missing"));
  assert.deepEqual((await library.list()).conversations, [older]);
});

Deno.test("files that are damaged, foreign, huge or no files are told of, and left as they are", async () => {
  await using temp = await tempFolder();
  const library = new Library(temp.path);
  const good = keptOf(SAID);
  await library.write(good);
  const text = toFileText(good);
  const bad: readonly string[] = [
    "",
    text.slice(0, -20),
    "null",
    "[]",
    JSON.stringify({ some: "program's" }),
    JSON.stringify({ ...JSON.parse(text), form: 99 }),
    JSON.stringify({ ...JSON.parse(text), record: { form: 99 } }),
    JSON.stringify({ ...JSON.parse(text), changedMs: 1e300 }),
    JSON.stringify({ ...JSON.parse(text), title: { toString: "x" } }),
    JSON.stringify({ ...JSON.parse(text), workspace: "w" }),
    text.replaceAll("a".repeat(64), "../".repeat(21) + "x"),
    "[".repeat(100_000),
  ];
  for (const content of bad) await writeFile(library.pathOf(keptOf(SAID).id), content);
  const huge = library.pathOf(keptOf(SAID).id);
  await writeFile(huge, text);
  await truncate(huge, MAX_FILE_BYTES + 1);
  await mkdir(library.pathOf(keptOf(SAID).id));
  await writeFile(join(temp.path, "notes.json"), "mine");
  await writeFile(join(temp.path, "..json"), "mine");
  const before = (await readdir(temp.path)).sort();

  const { conversations, damaged } = await library.list();
  assert.deepEqual(conversations, [good]);
  assert.equal(damaged.length, bad.length + 2);
  await assert.rejects(
    library.read(before.find((name) => damaged[0]?.includes(name))?.slice(0, -5) ?? ""),
    refusedAs("chat-damaged"),
  );
  assert.deepEqual((await readdir(temp.path)).sort(), before);
  assert.deepEqual(
    (await Promise.all(damaged.map((path) => readFile(path, "utf8").catch(() => null))))
      .filter((content) => content !== null && !bad.includes(content) && content.length < 1_000_000),
    [],
  );
});

Deno.test("an id that is a path leads nowhere", async () => {
  await using temp = await tempFolder();
  const library = new Library(join(temp.path, "conversations"));
  await writeFile(join(temp.path, "secret.json"), toFileText(keptOf(SAID)));
  for (const id of ["../secret", "..\\secret", "", UNKNOWN_ID.toUpperCase().replace("4", "G")]) {
    await assert.rejects(library.read(id), refusedAs("chat-missing"), id);
    await assert.rejects(library.remove(id), RangeError, id);
  }
});

Deno.test("a crash while a file is written leaves the old state, and its rest goes later", async () => {
  await using temp = await tempFolder();
  const library = new Library(temp.path);
  const kept = keptOf(SAID);
  await library.write(kept);
  const rest = `${library.pathOf(kept.id)}.${UNKNOWN_ID}.part`;
  await writeFile(rest, toFileText({ ...kept, title: "new" }).slice(0, 50));
  assert.deepEqual(await library.list(), { conversations: [kept], damaged: [] });
  await library.removeDrafts();
  assert.equal((await readdir(temp.path)).length, 2, "another window may be writing it");
  await utimes(rest, 0, 0);
  await library.removeDrafts();
  assert.deepEqual(await readdir(temp.path), [`${kept.id}.json`]);
});

Deno.test("what cannot be written says so and leaves nothing behind", async () => {
  await using temp = await tempFolder();
  const library = new Library(temp.path);
  const kept = keptOf(SAID);
  await mkdir(join(library.pathOf(kept.id), "in the way"), { recursive: true });
  await assert.rejects(library.write(kept));
  assert.deepEqual(await readdir(temp.path), [`${kept.id}.json`]);
});
