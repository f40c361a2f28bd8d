import assert from "node:assert/strict";
import { fileStem } from "../../../extension/history/file_stem.ts";
import { byWorkspace, search, toSearchable } from "../../../extension/history/search.ts";
import { givenTitle, titleOf } from "../../../extension/history/title.ts";
import { EMPTY, EXPLAIN } from "../../../extension/chat_turn.ts";
import { english } from "../support/english.ts";
import { keptOf, recordOf } from "../support/kept_conversations.ts";
import { picture } from "../support/pictures.ts";

const title = (record: Parameters<typeof keptOf>[0], given: string | null = null) =>
  titleOf(keptOf(record, { title: given }), english);

Deno.test("a chat is called by its first question, or the picture that was to be explained", () => {
  assert.equal(title(recordOf({ question: "What\n  is it?" }, { question: "And that?" })), "What is it?");
  assert.equal(title(recordOf({ question: EXPLAIN, pictures: [picture("a")] })), "a.png");
  assert.equal(title(recordOf({ question: EXPLAIN })), EXPLAIN);
  assert.equal(title(EMPTY), "New Chat");
  assert.equal(title({ ...EMPTY, draft: { text: "half a que", depth: "off" } }), "half a que");
  assert.equal(title(recordOf({ question: "What is it?" }), "Mine"), "Mine");
  assert.equal(title(recordOf({ question: "word ".repeat(100_000) })), `${"word ".repeat(12).trim()}…`);
});

Deno.test("hostile titles are one short line without tricks", () => {
  const hostile = "\u202egnp.exe\u0000\r\n$(error) <img src=x onerror=alert(1)>\u2066";
  for (const shown of [title(recordOf({ question: hostile })), title(EMPTY, hostile)]) {
    assert.doesNotMatch(shown, /[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
    assert.ok(shown.length <= 121, shown);
  }
  assert.equal(title(recordOf({ question: "👩‍💻".repeat(1_000) })).includes("\ufffd"), false);
  assert.equal(givenTitle("  \n "), null);
});

Deno.test("file names after titles are harmless everywhere", () => {
  assert.equal(fileStem("../../etc/passwd"), "etc passwd");
  assert.equal(fileStem('C:\\x<>:"|?*.'), "C x");
  assert.equal(fileStem("CON"), "chat CON");
  assert.equal(fileStem("…"), "chat");
  assert.equal(fileStem("Größe 図"), "Größe 図");
  assert.ok(fileStem("x".repeat(500)).length <= 60);
});

Deno.test("search() finds words in titles, questions, answers and names, but not in traces", () => {
  const all = [
    keptOf(recordOf({ question: "What is it?", answer: "A GRÜNER Wal.", thinking: "hidden" }), {
      title: "Sea",
    }),
    keptOf(recordOf({ question: EXPLAIN, answer: "x ".repeat(500) + "needle" + " y".repeat(500) })),
    keptOf(recordOf({ question: "And?", pictures: [picture("c", "plan-of-house.png")] })),
  ].map((kept) => toSearchable(kept, english));
  const found = (query: string) =>
    search(all, query).map(({ kept }) => all.findIndex((one) => one.kept === kept));
  assert.deepEqual(found(""), [0, 1, 2]);
  assert.deepEqual(found("grüner SEA"), [0]);
  assert.deepEqual(found("house"), [2]);
  assert.deepEqual(found("hidden"), []);
  assert.deepEqual(found("grüner house"), []);
  const [needle] = search(all, "needle");
  assert.match(needle?.excerpt ?? "", /^….*needle.*…$/);
  assert.equal(search(all, "sea")[0]?.excerpt, null);
});

Deno.test("byWorkspace() puts the open workspace's chats first", () => {
  const chat = (uri: string | null, changedMs: number) =>
    keptOf(EMPTY, { changedMs, workspace: uri === null ? null : { uri, name: uri } });
  const all = [chat("b", 4), chat(null, 3), chat("a", 2), chat("b", 1)];
  const order = (uri: string | null) => byWorkspace(all, uri).map(({ changedMs }) => changedMs);
  assert.deepEqual(order("a"), [2, 4, 3, 1]);
  assert.deepEqual(order("b"), [4, 1, 3, 2]);
  assert.deepEqual(order(null), [3, 4, 2, 1]);
});
