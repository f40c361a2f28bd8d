import assert from "node:assert/strict";
import { rectBetween, toBox, toRect } from "../../../webview/region/shapes.ts";

Deno.test("toBox() covers the rectangle, and toRect() gives it back where thousandths are fine enough", () => {
  const size = { width: 1000, height: 500 };
  const rect = { x: 120, y: 40, width: 480, height: 170 };
  assert.deepEqual(toBox(rect, size), { left: 120, top: 80, right: 600, bottom: 420 });
  assert.deepEqual(toRect(toBox(rect, size), size), rect);
});

Deno.test("toBox() is whole, never empty, and never leaves the picture", () => {
  for (const size of [{ width: 7, height: 3 }, { width: 9999, height: 12345 }]) {
    for (const x of [0, Math.floor(size.width / 3), size.width - 1]) {
      const box = toBox({ x, y: size.height - 1, width: 1, height: 1 }, size);
      assert.ok(box.left < box.right && box.top < box.bottom && box.left >= 0, JSON.stringify(box));
      assert.ok(box.right <= 1000 && box.bottom === 1000);
      assert.ok(box.left * size.width <= x * 1000 && box.right * size.width >= (x + 1) * 1000);
      assert.ok(Object.values(box).every(Number.isInteger));
    }
  }
});

Deno.test("rectBetween() takes every touched pixel, but none for a rounding error", () => {
  const size = { width: 100, height: 100 };
  const rect = { x: 10, y: 10, width: 10, height: 10 };
  assert.deepEqual(rectBetween({ x: 9.9999, y: 10.0001 }, { x: 20.0001, y: 19.9999 }, size), rect);
  assert.deepEqual(rectBetween({ x: 10.5, y: 10.5 }, { x: 19.5, y: 19.5 }, size), rect);
});
