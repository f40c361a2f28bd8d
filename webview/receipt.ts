// Receipts in words: a short line for the eye, a sentence for the ear.

import type { PictureNote, PictureReceipt } from "../protocol/conversation.ts";
import type { Translate } from "./texts.ts";

/** "1920×1080 · 9+1 slices · 640 tok": grid cells plus the overview. */
export function receiptLine(receipt: PictureReceipt, t: Translate): string {
  const { widthPx, heightPx, sliceCount, tokenCount } = receipt;
  const slices = sliceCount === 1 ? t("1 slice") : t("{0}+1 slices", sliceCount - 1);
  return `${widthPx}×${heightPx} · ${slices} · ${t("{0} tok", tokenCount)}`;
}

/** The receipt and what was done to the picture, in whole words. */
export function receiptSentence(receipt: PictureReceipt, t: Translate): string {
  const { widthPx, heightPx, grid, tokenCount, notes } = receipt;
  return [
    t("{0} by {1} pixels", widthPx, heightPx),
    grid === null
      ? t("seen as one picture")
      : t("seen in {0} by {1} slices and an overview", grid.columns, grid.rows),
    t("{0} tokens", tokenCount),
    ...notes.map((note) => noteText(note, t)),
  ].join(", ");
}

/** What was done to a picture before the model saw it. */
export function noteText(note: PictureNote, t: Translate): string {
  switch (note.kind) {
    case "first-frame":
      return t("first of {0} frames", note.frameCount);
    case "transparency-on-white":
      return t("transparency shown on white");
    case "rotated-by-exif":
      return t("turned upright");
    case "converted-to-srgb":
      return t("colours converted from {0}", note.from);
    case "reduced-to-8-bit":
      return t("colours reduced to 8 bits");
    case "vector-drawn-at":
      return t("drawn at {0}×{1}", note.widthPx, note.heightPx);
    case "external-references-left-out":
      return t("what it loads from elsewhere was left out");
    default: {
      const unknown: never = note;
      throw new TypeError(`unknown note: ${JSON.stringify(unknown)}`);
    }
  }
}
