// Puts the pieces of text that were found into reading order, and joins those of one line.

import type { TextLine } from "../../protocol/conversation.ts";
import type { ReadText } from "../pictures.ts";
import { splitColumns } from "./columns.ts";
import { joinRow, toRows } from "./rows.ts";
import { layOut, median, type Piece } from "./piece.ts";

/** A gap between rows of more than this many heights starts a new block. */
const BLOCK_GAP = 0.9;
/** Columns of a table are at most this many spaces apart. */
const MAX_SPACES = 8;

/** Orders pieces of text column by column and row by row, and writes them down. */
export function arrange(found: readonly TextLine[]): ReadText {
  const blocks = splitColumns(layOut(found)).map((region) => toRows(region).map(joinRow));
  return {
    text: blocks.map(writeRows).join("\n\n"),
    lines: blocks.flat(2).map(({ line }) => line),
  };
}

function writeRows(rows: readonly (readonly Piece[])[]): string {
  let text = "";
  for (const [i, row] of rows.entries()) {
    const above = rows[i - 1];
    if (above !== undefined) {
      text += gapBetween(above, row) > BLOCK_GAP * heightOf([...above, ...row]) ? "\n\n" : "\n";
    }
    text += writeRow(row);
  }
  return text;
}

function writeRow(row: readonly Piece[]): string {
  return row.reduce((text, piece, i) => {
    const before = row[i - 1];
    if (before === undefined) return piece.line.text;
    return text + " ".repeat(Math.min(spacesBetween(before, piece), MAX_SPACES)) + piece.line.text;
  }, "");
}

/** How many characters of the pieces' size fit between them, at least two: they are not of one line. */
function spacesBetween(left: Piece, right: Piece): number {
  const widthPx = (left.right - left.left + right.right - right.left) /
    (left.line.text.length + right.line.text.length);
  return Math.max(2, Math.round((right.left - left.right) / widthPx));
}

function gapBetween(above: readonly Piece[], below: readonly Piece[]): number {
  return Math.min(...below.map(({ top }) => top)) - Math.max(...above.map(({ bottom }) => bottom));
}

function heightOf(pieces: readonly Piece[]): number {
  return median(pieces.map(({ top, bottom }) => bottom - top));
}
