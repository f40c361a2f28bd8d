import assert from "node:assert/strict";
import type { PictureNote } from "../../protocol/conversation.ts";
import { noteText, receiptLine, receiptSentence } from "../../webview/receipt.ts";
import { translator } from "../../webview/texts.ts";
import { RECEIPT } from "./panel_states.ts";

const t = translator({});

Deno.test("receiptLine() gives size, grid cells with the overview, and tokens", () => {
  assert.equal(receiptLine(RECEIPT, t), "1920×1080 · 9+1 slices · 640 tok");
  assert.equal(
    receiptLine({ ...RECEIPT, widthPx: 40, heightPx: 30, grid: null, sliceCount: 1, tokenCount: 64 }, t),
    "40×30 · 1 slice · 64 tok",
  );
});

Deno.test("receiptSentence() says the same in words, and what was done to the picture", () => {
  assert.equal(
    receiptSentence(RECEIPT, t),
    "1920 by 1080 pixels, seen in 3 by 3 slices and an overview, 640 tokens",
  );
  const receipt = { ...RECEIPT, grid: null, notes: [{ kind: "first-frame", frameCount: 12 }] as const };
  assert.equal(
    receiptSentence(receipt, t),
    "1920 by 1080 pixels, seen as one picture, 640 tokens, first of 12 frames",
  );
});

Deno.test("noteText() has words for every note", () => {
  const notes: Readonly<Record<PictureNote["kind"], PictureNote>> = {
    "first-frame": { kind: "first-frame", frameCount: 2 },
    "transparency-on-white": { kind: "transparency-on-white" },
    "rotated-by-exif": { kind: "rotated-by-exif" },
    "converted-to-srgb": { kind: "converted-to-srgb", from: "cmyk" },
    "reduced-to-8-bit": { kind: "reduced-to-8-bit" },
    "vector-drawn-at": { kind: "vector-drawn-at", widthPx: 640, heightPx: 480 },
    "external-references-left-out": { kind: "external-references-left-out" },
  };
  const texts = Object.values(notes).map((note) => noteText(note, t));
  assert.equal(new Set(texts).size, texts.length);
  assert.deepEqual(texts.filter((text) => text === "" || text.includes("{")), []);
});
