// Finds in a text what names a line of a file: `src/cart.ts:42`, `src/cart.ts:42:7`, `src/cart.ts(42,7)`.

import type { Place } from "./island.ts";

/** A piece of a text: a place, or what stands between. */
export interface TextPiece {
  readonly text: string;
  readonly place: Place | null;
}

// Not within an address, a longer path or a word; a file name has an extension that is not a number.
const PLACE =
  /(?<![\p{L}\p{N}_/\\.:@+~-])((?:\.[/\\])?(?:[\p{L}\p{N}_.@+~-]{1,100}[/\\]){0,20}[\p{L}\p{N}_.@+~-]{1,100}\.\p{L}[\p{L}\p{N}]{0,9})(?::(\d{1,7})(?::(\d{1,7}))?|\((\d{1,7})(?:,\s?(\d{1,7}))?\))(?![\p{L}\p{N}_])/gu;

/** Cuts a text before and after each place. */
export function findPlaces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACE)) {
    const [whole, path = "", line, column, lineInside, columnInside] = match;
    const place = toPlace(path, line ?? lineInside, column ?? columnInside);
    if (place === null) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), place: null });
    pieces.push({ text: whole, place });
    end = match.index + whole.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), place: null });
  return pieces;
}

function toPlace(path: string, line: string | undefined, column: string | undefined): Place | null {
  const lineNumber = Number(line);
  if (!(lineNumber >= 1) || path.length > 1_000) return null;
  return {
    path: path.replaceAll("\\", "/").replace(/^\.\//, ""),
    line: lineNumber,
    column: Number(column) >= 1 ? Number(column) : null,
  };
}
