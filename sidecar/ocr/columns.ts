// Finds columns and panes: text that is read to its end before what stands beside it.
// A table has gutters, too, but its cells stand in rows and are short; it is read row by row.

import { heightOf, median, middleOf, type Piece } from "./piece.ts";
import { toRows } from "./rows.ts";

/** Least width of a gutter, in heights of the text. */
const MIN_GUTTER = 1.2;
/** A column has this many rows at least. */
const MIN_ROWS = 3;
/** Rows of a column are at most this many heights apart; labels in a diagram are farther. */
const MAX_PITCH = 3.2;
/** Middles this far apart, in heights, are of rows that were set side by side. */
const ALIGNED = 0.2;
/** This part of the rows set side by side makes a table… */
const TABLE_SHARE = 0.7;
/** …unless the text of both sides has this many characters a row. */
const PROSE_LENGTH = 25;
/** A row at the top or bottom of both sides belongs to neither when it is this many heights off. */
const APART = 1.5;

/** Regions in reading order, each to be read row by row. */
export function splitColumns(pieces: readonly Piece[]): Piece[][] {
  const ordered = pieces.toSorted((a, b) => middleOf(a) - middleOf(b));
  const best = findBand(ordered);
  if (best === null) return ordered.length === 0 ? [] : [ordered];
  return [best.above, best.left, best.right, best.below].flatMap(splitColumns);
}

/** Two columns and what stands above and below both. */
interface Band {
  readonly above: readonly Piece[];
  readonly left: readonly Piece[];
  readonly right: readonly Piece[];
  readonly below: readonly Piece[];
}

/** The band with most text in its smaller column. */
function findBand(ordered: readonly Piece[]): Band | null {
  const gutter = MIN_GUTTER * median(ordered.map(heightOf));
  let best: Band | null = null;
  for (const edge of leftEdges(ordered, gutter)) {
    for (const band of bandsAt(ordered, edge, gutter)) {
      if (isColumns(band) && (best === null || sizeOf(band) > sizeOf(best))) best = band;
    }
  }
  return best;
}

/** Where pieces begin; of edges closer than a gutter's width, which no gutter can part, the leftmost. */
function leftEdges(pieces: readonly Piece[], gutter: number): number[] {
  const edges: number[] = [];
  for (const left of pieces.map(({ left }) => left).sort((a, b) => a - b)) {
    if (edges.length === 0 || left - (edges.at(-1) as number) >= gutter) edges.push(left);
  }
  return edges;
}

function sizeOf({ left, right }: Band): number {
  return Math.min(left.length, right.length);
}

/** The longest runs of pieces that leave the gutter before `edge` free. */
function bandsAt(ordered: readonly Piece[], edge: number, gutter: number): Band[] {
  const bands: Band[] = [];
  let start = 0;
  for (let i = 0; i <= ordered.length; i++) {
    const piece = ordered[i];
    if (piece !== undefined && !(piece.left < edge && piece.right > edge - gutter)) continue;
    if (hasBothSides(ordered.slice(start, i), edge)) bands.push(trim(ordered, start, i, edge));
    start = i + 1;
  }
  return bands;
}

function hasBothSides(pieces: readonly Piece[], edge: number): boolean {
  const leftCount = pieces.filter(({ left }) => left < edge).length;
  return leftCount >= MIN_ROWS && pieces.length - leftCount >= MIN_ROWS;
}

/** Leaves out of a run what does not belong to its columns: bars at its top and bottom, and titles over the right one. */
function trim(ordered: readonly Piece[], start: number, end: number, edge: number): Band {
  const rows = toRows(ordered.slice(start, end));
  const isLeft = ({ left }: Piece) => left < edge;
  const isBoth = (row: readonly Piece[] = []) => row.some(isLeft) && !row.every(isLeft);
  let first = 0;
  let last = rows.length;
  while (
    first < last &&
    (!rows[first]?.some(isLeft) || (isBoth(rows[first]) && isApart(rows[first], rows[first + 1])))
  ) {
    first++;
  }
  while (last > first && isBoth(rows[last - 1]) && isApart(rows[last - 2], rows[last - 1])) last--;
  const inside = rows.slice(first, last).flat();
  return {
    above: [...ordered.slice(0, start), ...rows.slice(0, first).flat()],
    left: inside.filter(isLeft),
    right: inside.filter((piece) => !isLeft(piece)),
    below: [...rows.slice(last).flat(), ...ordered.slice(end)],
  };
}

function isApart(above: readonly Piece[] = [], below: readonly Piece[] = []): boolean {
  if (above.length === 0 || below.length === 0) return false;
  const gap = Math.min(...below.map(({ top }) => top)) - Math.max(...above.map(({ bottom }) => bottom));
  return gap > APART * median([...above, ...below].map(heightOf));
}

function isColumns({ left, right }: Band): boolean {
  const rows = [toRows(left), toRows(right)] as const;
  return rows.every(isDense) && !isTable(...rows);
}

function isDense(rows: readonly (readonly Piece[])[]): boolean {
  if (rows.length < MIN_ROWS) return false;
  const middles = rows.map((row) => median(row.map(middleOf)));
  const pitch = median(middles.slice(1).map((middle, i) => middle - (middles[i] as number)));
  return pitch <= MAX_PITCH * median(rows.flat().map(heightOf));
}

function isTable(left: readonly (readonly Piece[])[], right: readonly (readonly Piece[])[]): boolean {
  const lengths = [left, right].map((rows) =>
    median(rows.map((row) => row.reduce((n, { line }) => n + line.text.length, 0)))
  );
  if (lengths.every((length) => length >= PROSE_LENGTH)) return false;
  const [few, many] = left.length < right.length ? [left, right] : [right, left];
  const tolerance = ALIGNED * median([...left, ...right].flat().map(heightOf));
  const middles = many.map((row) => median(row.map(middleOf)));
  const aligned = few.filter((row) => {
    const middle = median(row.map(middleOf));
    return middles.some((other) => Math.abs(other - middle) <= tolerance);
  });
  return aligned.length >= TABLE_SHARE * few.length;
}
