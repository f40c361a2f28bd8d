import assert from "node:assert/strict";
import type { Point } from "../../../protocol/conversation.ts";
import {
  convexHull,
  cornersOf,
  grow,
  type Quad,
  sizeOf,
  smallestRectangle,
  turnQuad,
} from "../../../sidecar/ocr/geometry.ts";

const PAGE = { width: 1000, height: 1000 };

function near(actual: readonly Point[], expected: readonly Point[], tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  for (const [i, [x, y]] of actual.entries()) {
    const [wantedX, wantedY] = expected[i] as Point;
    assert.ok(Math.hypot(x - wantedX, y - wantedY) <= tolerance, `corner ${i}: ${x}, ${y}`);
  }
}

/** Corners of a box around (300, 200), turned clockwise. */
function box(width: number, height: number, degrees: number): Point[] {
  const angle = degrees * Math.PI / 180;
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const;
  return corners.map(([i, j]) => {
    const x = i * width / 2, y = j * height / 2;
    return [300 + x * Math.cos(angle) - y * Math.sin(angle), 200 + x * Math.sin(angle) + y * Math.cos(angle)];
  });
}

Deno.test("convexHull() leaves out inner and collinear points", () => {
  const hull = convexHull([[0, 0], [2, 0], [4, 0], [4, 3], [0, 3], [1, 1], [2, 3], [4, 0]]);
  assert.deepEqual(hull.toSorted(), [[0, 0], [0, 3], [4, 0], [4, 3]]);
});

Deno.test("smallestRectangle() finds a tilted box among the points in it", () => {
  for (const degrees of [-40, -12, -3, 3, 30, 44]) {
    const corners = box(200, 24, degrees);
    const [a, b, c, d] = corners as [Point, Point, Point, Point];
    const inner: Point[] = Array.from({ length: 50 }, (_, i) => {
      const u = (i * 0.37) % 1, v = (i * 0.61) % 1;
      return [a[0] + u * (b[0] - a[0]) + v * (d[0] - a[0]), a[1] + u * (b[1] - a[1]) + v * (d[1] - a[1])];
    });
    const rectangle = smallestRectangle(convexHull([...inner, a, b, c, d]));
    assert.ok(
      Math.abs(rectangle.width - 200) < 1e-6 && Math.abs(rectangle.height - 24) < 1e-6,
      `${degrees}°`,
    );
    near(cornersOf(rectangle, PAGE), corners);
  }
});

Deno.test("smallestRectangle() takes a hardly tilted outline for an upright one", () => {
  const rectangle = smallestRectangle([[0, 0], [200, 1], [200, 25], [0, 24]]);
  assert.deepEqual(rectangle.axis, [1, 0]);
  assert.deepEqual([rectangle.width, rectangle.height], [200, 25]);
});

Deno.test("smallestRectangle() keeps the axis of a steep box near the x axis", () => {
  const { axis, width, height } = smallestRectangle(box(200, 24, 80));
  assert.ok(axis[0] > 0.9);
  assert.deepEqual([Math.round(width), Math.round(height)], [24, 200]);
});

Deno.test("grow() adds the same distance on every side, along the box", () => {
  const grown = cornersOf(grow(smallestRectangle(box(200, 24, 30)), 5), PAGE);
  near(grown, box(210, 34, 30));
});

Deno.test("cornersOf() stays inside the page", () => {
  const corners = cornersOf({ center: [5, 5], axis: [1, 0], width: 40, height: 20 }, {
    width: 20,
    height: 12,
  });
  assert.deepEqual(corners, [[0, 0], [20, 0], [20, 12], [0, 12]]);
});

Deno.test("turnQuad() puts the text's top left first", () => {
  const upright: Quad = [[0, 0], [10, 0], [10, 4], [0, 4]];
  assert.deepEqual(turnQuad(upright, 0), upright);
  assert.deepEqual(turnQuad(upright, 1)[0], [10, 0]);
  assert.deepEqual(turnQuad(upright, 2)[0], [10, 4]);
  assert.deepEqual(turnQuad(upright, 3)[0], [0, 4]);
  assert.deepEqual(sizeOf(turnQuad(upright, 1)), { width: 4, height: 10 });
});
