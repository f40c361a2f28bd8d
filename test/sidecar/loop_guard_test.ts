import assert from "node:assert/strict";
import { LoopGuard } from "../../sidecar/loop_guard.ts";

/** After how many tokens the guard says that the text is a loop; null when it never does. */
function loopAt(ids: readonly number[]): number | null {
  const guard = new LoopGuard();
  const at = ids.findIndex((id) => guard.push(id));
  return at < 0 ? null : at + 1;
}

const repeat = (phrase: readonly number[], times: number) =>
  Array.from({ length: times }, () => phrase).flat();
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

Deno.test("LoopGuard notices one token over and over", () => {
  assert.equal(loopAt(repeat([7], 100)), 60);
});

Deno.test("LoopGuard notices a phrase over and over, after other text", () => {
  assert.equal(loopAt([...range(100, 50), ...repeat(range(1, 20), 9)]), 50 + 100);
  assert.equal(loopAt(repeat(range(1, 64), 9)), 64 * 5);
});

Deno.test("LoopGuard lets good text pass", () => {
  assert.equal(loopAt(range(0, 2000)), null);
  // The rule of a Markdown table of 19 columns, and three equal rows.
  assert.equal(loopAt([...range(100, 30), ...repeat([1, 2, 3], 19), ...range(200, 30)]), null);
  assert.equal(loopAt([...range(100, 30), ...repeat(range(1, 40), 4), ...range(200, 30)]), null);
});

Deno.test("LoopGuard is not misled by a loop that was broken", () => {
  assert.equal(loopAt([...repeat([7], 59), 8, ...repeat([7], 59), 8]), null);
});

Deno.test("LoopGuard takes phrases that differ in one token for no loop", () => {
  assert.equal(loopAt(range(0, 40).flatMap((row) => [1, 2, 3, row + 100])), null);
});
