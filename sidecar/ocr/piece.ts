// Text lines as they stand on the page, once the page is turned so that most of its text is upright.

import type { Point, TextLine } from "../../protocol/conversation.ts";

/** A text line with its bounds on the upright page. */
export interface Piece {
  readonly line: TextLine;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const QUARTER = Math.PI / 2;

/** Bounds of all lines on the upright page. */
export function layOut(lines: readonly TextLine[]): Piece[] {
  const angle = mainAngle(lines);
  const cos = Math.cos(angle), sin = Math.sin(angle);
  return lines.map((line) => {
    const xs = line.box.map(([x, y]) => x * cos + y * sin);
    const ys = line.box.map(([x, y]) => y * cos - x * sin);
    return {
      line,
      left: Math.min(...xs),
      right: Math.max(...xs),
      top: Math.min(...ys),
      bottom: Math.max(...ys),
    };
  });
}

/** Direction in which most of the text runs, in radians. */
function mainAngle(lines: readonly TextLine[]): number {
  // Text that runs in another quarter, such as a label up the side of a chart, has no say.
  const sums: Point[] = [[0, 0], [0, 0], [0, 0], [0, 0]];
  for (const { box: [[x0, y0], [x1, y1]] } of lines) {
    const quarter = (Math.round(Math.atan2(y1 - y0, x1 - x0) / QUARTER) + 4) % 4;
    const [x, y] = sums[quarter] as Point;
    sums[quarter] = [x + x1 - x0, y + y1 - y0];
  }
  const [x, y] = sums.reduce((most, sum) => Math.hypot(...sum) > Math.hypot(...most) ? sum : most);
  return Math.atan2(y, x);
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Middle of a piece's height. */
export function middleOf({ top, bottom }: Piece): number {
  return (top + bottom) / 2;
}

/** Height of a piece. */
export function heightOf({ top, bottom }: Piece): number {
  return bottom - top;
}
