// The rules of Nano's model card, section "Prompt".

import assert from "node:assert/strict";
import { writeOcrBlock } from "../../../sidecar/text/ocr_block.ts";

const linesOf = (block: string) => block.split("\n");

Deno.test("writeOcrBlock() puts one trimmed line under another between the tags", () => {
  assert.equal(writeOcrBlock(["  one ", "two\t"]), "<ocr>\none\ntwo\n</ocr>");
});

Deno.test("writeOcrBlock() is empty when no line has text", () => {
  assert.equal(writeOcrBlock([]), "");
  assert.equal(writeOcrBlock(["", "  "]), "");
});

Deno.test("writeOcrBlock() keeps 60 lines and says that more were cut", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}`);
  assert.deepEqual(linesOf(writeOcrBlock(lines(60))), ["<ocr>", ...lines(60), "</ocr>"]);
  assert.deepEqual(linesOf(writeOcrBlock(lines(61))), ["<ocr>", ...lines(60), "…", "</ocr>"]);
});

Deno.test("writeOcrBlock() keeps 1,500 characters, line feeds counted, and says that more were cut", () => {
  const line = "x".repeat(99);
  assert.equal(linesOf(writeOcrBlock(Array(15).fill(line))).length, 15 + 2);
  assert.deepEqual(linesOf(writeOcrBlock(Array(16).fill(line))), [
    "<ocr>",
    ...Array(15).fill(line),
    "…",
    "</ocr>",
  ]);
  // A character outside the basic plane counts once.
  assert.equal(linesOf(writeOcrBlock(["😀".repeat(1499)])).length, 3);
  assert.deepEqual(linesOf(writeOcrBlock(["x".repeat(1500)])), ["<ocr>", "…", "</ocr>"]);
});
