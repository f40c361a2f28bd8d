import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { LIMITS, readPanelMessage } from "../../extension/panel_messages.ts";
import type { Box } from "../../protocol/conversation.ts";
import type { FromPanel } from "../../protocol/panel.ts";
import type { AskedBox } from "../../protocol/region_messages.ts";

/** One good message of every kind. */
const GOOD: { readonly [K in FromPanel["kind"]]: FromPanel & { kind: K } } = {
  "ready": { kind: "ready" },
  "attach-bytes": { kind: "attach-bytes", name: "a.png", bytes: new Uint8Array([1, 2]) },
  "attach-addresses": { kind: "attach-addresses", addresses: ["file:///a.png"] },
  "nothing-to-attach": { kind: "nothing-to-attach", types: ["text/html"] },
  "choose-files": { kind: "choose-files" },
  "detach": { kind: "detach", id: "1" },
  "dismiss-refusal": { kind: "dismiss-refusal", id: "1" },
  "open-picture": { kind: "open-picture", id: "1" },
  "ask": { kind: "ask", text: "What is it?", depth: "deep" },
  "replace-attachment": { kind: "replace-attachment", id: "1", bytes: new Uint8Array([1]) },
  "draft": { kind: "draft", draft: { text: "What is", depth: "auto" } },
  "stop": { kind: "stop", turnId: "1" },
  "retry": { kind: "retry", turnId: "1" },
  "drop-pictures": { kind: "drop-pictures", turnId: "1" },
  "skip-thinking": { kind: "skip-thinking", turnId: "1" },
  "continue": { kind: "continue", turnId: "1" },
  "edit": { kind: "edit", turnId: "1", text: "What else?" },
  "show-version": { kind: "show-version", turnId: "1", position: 2 },
  "copy": { kind: "copy", text: "A cat." },
  "insert-code": { kind: "insert-code", text: "x" },
  "new-file": { kind: "new-file", text: "x", language: "ts" },
  "find-files": { kind: "find-files", paths: ["src/a.ts"] },
  "open-place": { kind: "open-place", path: "src/a.ts", line: 4, column: null },
  "new-chat": { kind: "new-chat" },
  "show-log": { kind: "show-log" },
  "show-full-model": { kind: "show-full-model" },
  "change-sampling": {
    kind: "change-sampling",
    id: "1",
    sampling: { framesPerSecond: 0.5, packing: 6, fromS: 0, toS: 9.5, stillFrames: "drop" },
  },
  "use-as-recording": { kind: "use-as-recording", id: "1" },
  "use-first-frame": { kind: "use-first-frame", id: "1" },
};

Deno.test("readPanelMessage() takes every message of the protocol", () => {
  for (const message of Object.values(GOOD)) assert.deepEqual(readPanelMessage(message), message);
  const folder = new URL("../../protocol/", import.meta.url);
  const declared = readdirSync(folder).filter((file) => /^panel\.ts$|_messages\.ts$/.test(file))
    .flatMap((file) => readFileSync(new URL(file, folder), "utf8").split(/^(?=export )/m))
    .filter((part) => /^export type (?:FromPanel|\w+Ask) =/.test(part))
    .flatMap((part) => [...part.matchAll(/readonly kind: "([\w-]+)"/g)]);
  assert.deepEqual([...declared].map(([, kind]) => kind).sort(), Object.keys(GOOD).sort());
});

/** A part of a picture that a question may be about, with changes that it may not have. */
const asked = (changes: Partial<Box> = {}): AskedBox => ({
  pictureId: "1",
  box: { left: 0, top: 0, right: 900, bottom: 1000, ...changes },
});

Deno.test("readPanelMessage() takes the part that a question is about", () => {
  const message = { kind: "ask", text: "?", depth: "off", about: asked() };
  assert.deepEqual(readPanelMessage(message), message);
});

Deno.test("readPanelMessage() drops fields that no message has", () => {
  assert.deepEqual(readPanelMessage({ kind: "ready", extra: 1 }), { kind: "ready" });
});

Deno.test("readPanelMessage() takes an ArrayBuffer for bytes", () => {
  const message = { kind: "attach-bytes", name: "a.png", bytes: new Uint8Array([7]).buffer };
  assert.deepEqual(readPanelMessage(message), { ...message, bytes: new Uint8Array([7]) });
});

Deno.test("readPanelMessage() refuses what a page cannot have sent", () => {
  const bad: readonly unknown[] = [
    null,
    "ready",
    {},
    { kind: "format-disk" },
    { kind: "toString" },
    { kind: "detach" },
    { kind: "detach", id: 1 },
    { kind: "detach", id: "x".repeat(LIMITS.idCharacters + 1) },
    { kind: "ask", text: "?" },
    { kind: "ask", text: ["?"], depth: "off" },
    { kind: "ask", text: "x".repeat(LIMITS.textCharacters + 1), depth: "off" },
    { kind: "ask", text: "?", depth: "abyss" },
    { kind: "ask", text: "?", depth: "off", about: null },
    { kind: "ask", text: "?", depth: "off", about: { pictureId: "1", box: { left: 0, top: 0, right: 1 } } },
    { kind: "ask", text: "?", depth: "off", about: asked({ right: 1001 }) },
    { kind: "ask", text: "?", depth: "off", about: asked({ left: 0.5 }) },
    { kind: "ask", text: "?", depth: "off", about: asked({ left: 900 }) },
    { kind: "replace-attachment", id: "1", bytes: [1] },
    { kind: "draft", draft: null },
    { kind: "draft", draft: { text: "What is" } },
    { kind: "draft", draft: { text: "x".repeat(LIMITS.textCharacters + 1), depth: "off" } },
    { kind: "edit", turnId: "1" },
    { kind: "show-version", turnId: "1", position: "2" },
    { kind: "attach-bytes", name: "a.png", bytes: "bytes" },
    { kind: "attach-bytes", name: "x".repeat(LIMITS.nameCharacters + 1), bytes: new Uint8Array(1) },
    { kind: "attach-addresses", addresses: "file:///a.png" },
    { kind: "attach-addresses", addresses: ["file:///a.png", 5] },
    { kind: "attach-addresses", addresses: Array(LIMITS.addresses + 1).fill("file:///a.png") },
    { kind: "nothing-to-attach", types: [null] },
    { kind: "new-file", text: "x" },
    { kind: "new-file", text: "x", language: "x".repeat(LIMITS.languageCharacters + 1) },
    { kind: "find-files", paths: Array(LIMITS.paths + 1).fill("a.ts") },
    { kind: "find-files", paths: ["x".repeat(LIMITS.pathCharacters + 1)] },
    { kind: "open-place", path: "a.ts", line: 0, column: null },
    { kind: "open-place", path: "a.ts", line: 1.5, column: null },
    { kind: "open-place", path: "a.ts", line: 1 },
    { kind: "open-place", path: "a.ts", line: 1, column: "2" },
    { kind: "use-as-recording" },
    { kind: "use-first-frame", id: "x".repeat(LIMITS.idCharacters + 1) },
    { kind: "change-sampling", id: "1" },
    ...[
      { framesPerSecond: 0 },
      { framesPerSecond: 31 },
      { framesPerSecond: NaN },
      { packing: 0 },
      { packing: 7 },
      { packing: 1.5 },
      { fromS: -1 },
      { toS: Infinity },
      { toS: "9" },
      { stillFrames: "all" },
      [],
    ].map((sampling, index) => ({ kind: "change-sampling", id: index === 10 ? 1 : "1", sampling })),
  ];
  for (const value of bad) assert.equal(readPanelMessage(value), null, JSON.stringify(value)?.slice(0, 80));
});
