// Rows of text: what stands side by side, and what of it is one line.

import { heightOf, middleOf, type Piece } from "./piece.ts";

/** Middles this far apart, in heights of the lower piece, are of one row. */
const ROW_TOLERANCE = 0.5;
/** Rows of columns set side by side that may be under way at one height. */
const MAX_OPEN_ROWS = 8;
/** Pieces of one line are at most this far apart, in heights; boxes reach a third of a height over their text. */
const JOIN_GAP = 0.7;
/** Pieces of one line have heights within this factor. */
const JOIN_HEIGHTS = 1.6;

/** Rows from top to bottom, each from left to right. */
export function toRows(pieces: readonly Piece[]): Piece[][] {
  const rows: Piece[][] = [];
  for (const piece of pieces.toSorted((a, b) => middleOf(a) - middleOf(b))) {
    const row = rows.slice(-MAX_OPEN_ROWS).findLast((row) => isSameRow(row.at(-1) as Piece, piece));
    if (row === undefined) rows.push([piece]);
    else row.push(piece);
  }
  return rows.map((row) => row.toSorted((a, b) => a.left - b.left));
}

function isSameRow(a: Piece, b: Piece): boolean {
  return Math.abs(middleOf(a) - middleOf(b)) < ROW_TOLERANCE * Math.min(heightOf(a), heightOf(b));
}

/** Joins neighbours of a row that the detector took apart. */
export function joinRow(row: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of row) {
    const last = joined.at(-1);
    if (last !== undefined && areOneLine(last, piece)) joined[joined.length - 1] = join(last, piece);
    else joined.push(piece);
  }
  return joined;
}

function areOneLine(left: Piece, right: Piece): boolean {
  const low = Math.min(heightOf(left), heightOf(right));
  const high = Math.max(heightOf(left), heightOf(right));
  return right.left - left.right < JOIN_GAP * high && high <= JOIN_HEIGHTS * low;
}

function join(left: Piece, right: Piece): Piece {
  const { line: a } = left;
  const { line: b } = right;
  const lengths = a.text.length + b.text.length;
  return {
    line: {
      text: `${a.text} ${b.text}`,
      confidence: (a.confidence * a.text.length + b.confidence * b.text.length) / lengths,
      box: [a.box[0], b.box[1], b.box[2], a.box[3]],
    },
    left: Math.min(left.left, right.left),
    right: Math.max(left.right, right.right),
    top: Math.min(left.top, right.top),
    bottom: Math.max(left.bottom, right.bottom),
  };
}
