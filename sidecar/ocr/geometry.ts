// Plane geometry of text boxes, in pixels with y downwards.

import type { Point, TextLine } from "../../protocol/conversation.ts";

/** Corners clockwise from the text's top left. */
export type Quad = TextLine["box"];

/** A rectangle at any angle. */
export interface Rectangle {
  readonly center: Point;
  /** Unit vector along the width. */
  readonly axis: Point;
  /** Extent along the axis. */
  readonly width: number;
  /** Extent across it. */
  readonly height: number;
}

/** A bounding box may be this much larger than the tilted rectangle and still be taken for it. */
const UPRIGHT_TOLERANCE = 1.1;

/** The corners of the convex hull, in order; what is collinear is left out. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && turn(chain.at(-2) as Point, chain.at(-1) as Point, point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

/** Positive when the way from `a` over `b` to `c` turns clockwise, as y points downwards. */
function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/**
 * The rectangle of least area around a convex hull, its axis within 45° of the x axis. One side of it lies on a side
 * of the hull. A hull that is nearly upright gives its bounding box, since most text in pictures of screens is.
 */
export function smallestRectangle(hull: readonly Point[]): Rectangle {
  const upright = boundsAlong(hull, [1, 0]);
  let smallest = upright;
  for (const [i, [x, y]] of hull.entries()) {
    const [nextX, nextY] = hull[(i + 1) % hull.length] as Point;
    const length = Math.hypot(nextX - x, nextY - y);
    if (length === 0) continue;
    const tilted = boundsAlong(hull, towardsX([(nextX - x) / length, (nextY - y) / length]));
    if (area(tilted) < area(smallest)) smallest = tilted;
  }
  return area(upright) <= area(smallest) * UPRIGHT_TOLERANCE ? upright : smallest;
}

function area({ width, height }: Rectangle): number {
  return width * height;
}

/** The direction or one at a right angle to it, whichever is nearest to the x axis. */
function towardsX([x, y]: Point): Point {
  if (Math.abs(x) >= Math.abs(y)) return x > 0 ? [x, y] : [-x, -y];
  return y > 0 ? [y, -x] : [-y, x];
}

function boundsAlong(points: readonly Point[], axis: Point): Rectangle {
  const [ax, ay] = axis;
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (const [x, y] of points) {
    const along = x * ax + y * ay;
    const across = y * ax - x * ay;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const along = (left + right) / 2;
  const across = (top + bottom) / 2;
  return {
    center: [along * ax - across * ay, along * ay + across * ax],
    axis,
    width: right - left,
    height: bottom - top,
  };
}

/** The rectangle with `distance` added on every side. */
export function grow(rectangle: Rectangle, distance: number): Rectangle {
  return {
    ...rectangle,
    width: rectangle.width + 2 * distance,
    height: rectangle.height + 2 * distance,
  };
}

/** The rectangle's corners, clockwise from its top left, kept inside a picture. */
export function cornersOf({ center, axis, width, height }: Rectangle, bounds: Size): Quad {
  const [ax, ay] = axis;
  const corner = (along: number, across: number): Point => [
    clamp(center[0] + along * ax - across * ay, bounds.width),
    clamp(center[1] + along * ay + across * ax, bounds.height),
  ];
  const [w, h] = [width / 2, height / 2];
  return [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, 0), limit);
}

/** The same box for text turned clockwise by a number of quarter turns. */
export function turnQuad([a, b, c, d]: Quad, quarterTurns: 0 | 1 | 2 | 3): Quad {
  switch (quarterTurns) {
    case 0:
      return [a, b, c, d];
    case 1:
      return [b, c, d, a];
    case 2:
      return [c, d, a, b];
    case 3:
      return [d, a, b, c];
  }
}

/** Lengths of a box along and across its text. */
export function sizeOf([topLeft, topRight, bottomRight, bottomLeft]: Quad): Size {
  return {
    width: Math.max(distance(topLeft, topRight), distance(bottomLeft, bottomRight)),
    height: Math.max(distance(topLeft, bottomLeft), distance(topRight, bottomRight)),
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
