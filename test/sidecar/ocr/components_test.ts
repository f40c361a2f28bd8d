import assert from "node:assert/strict";
import { findComponents } from "../../../sidecar/ocr/components.ts";

/** A map drawn with digits: tenths of certainty. */
function map(...rows: string[]) {
  const data = Uint8Array.from(rows.join(""), (digit) => digit === "." ? 0 : Number(digit) * 10);
  return { width: rows[0]?.length ?? 0, height: rows.length, data };
}

/** Left, top, right and bottom of each component with its mass. */
async function boundsIn(...rows: string[]) {
  return (await findComponents(map(...rows), 30)).map(({ outline, mass }) => {
    const xs = outline.map(([x]) => x), ys = outline.map(([, y]) => y);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), mass];
  });
}

Deno.test("findComponents() keeps apart what does not touch", async () => {
  assert.deepEqual(await boundsIn("99..9", "99..9"), [[0, 0, 2, 2, 360], [4, 0, 5, 2, 180]]);
});

Deno.test("findComponents() joins over corners and around holes", async () => {
  assert.deepEqual(await boundsIn("9..", ".9.", "..9"), [[0, 0, 3, 3, 270]]);
  assert.deepEqual(await boundsIn("9.9", "9.9", "999"), [[0, 0, 3, 3, 630]]);
  assert.deepEqual(await boundsIn("999", "9.9", "999"), [[0, 0, 3, 3, 720]]);
});

Deno.test("findComponents() leaves out what is below the threshold", async () => {
  assert.deepEqual(await boundsIn("2223", "2222"), [[3, 0, 4, 1, 30]]);
  assert.deepEqual(await boundsIn("....", "...."), []);
});

Deno.test("findComponents() does not join rows over an empty one, nor the ends of rows", async () => {
  assert.equal((await boundsIn("99", "..", "99")).length, 2);
  assert.equal((await boundsIn("..9", "...", "9..")).length, 2);
});

Deno.test("findComponents() stops when its signal aborts", async () => {
  const side = 4000;
  const large = { width: side, height: side, data: new Uint8Array(side * side) };
  await assert.rejects(findComponents(large, 30, AbortSignal.abort()), { name: "AbortError" });
});
