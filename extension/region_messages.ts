// Checks what the page says about parts of pictures.

import { type Box, BOX_SCALE } from "../protocol/conversation.ts";
import type { AskedBox } from "../protocol/region_messages.ts";

const MAX_ID_CHARACTERS = 100;

/** The part that a question is about; undefined when there is none, null when it is none that a page of ours sends. */
export function readAskedBox(value: unknown): AskedBox | undefined | null {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || !("pictureId" in value) || !("box" in value)) {
    return null;
  }
  const { pictureId } = value;
  const box = readBox(value.box);
  if (typeof pictureId !== "string" || pictureId.length > MAX_ID_CHARACTERS || box === null) return null;
  return { pictureId, box };
}

/** A part of a picture that is not empty; null when the value is none. */
export function readBox(value: unknown): Box | null {
  if (typeof value !== "object" || value === null) return null;
  const { left, top, right, bottom } = value as Readonly<Record<string, unknown>>;
  if (!isPlace(left) || !isPlace(top) || !isPlace(right) || !isPlace(bottom)) return null;
  return left < right && top < bottom ? { left, top, right, bottom } : null;
}

function isPlace(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= BOX_SCALE;
}
