import assert from "node:assert/strict";
import { BackOff } from "../../extension/back_off.ts";

Deno.test("BackOff waits longer after each crash in a row and then gives up", () => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 7 }, () => backOff.crashed(500));
  assert.deepEqual(waits, [0, 1_000, 2_000, 4_000, 8_000, null, null]);
});

Deno.test("BackOff starts anew after a process that ran for long", () => {
  const backOff = new BackOff();
  for (let count = 0; count < 6; count++) backOff.crashed(0);
  assert.equal(backOff.crashed(59_999), null);
  assert.equal(backOff.crashed(60_000), 0);
  assert.equal(backOff.crashed(0), 1_000);
});

Deno.test("BackOff forgets crashes when a person restarts", () => {
  const backOff = new BackOff();
  for (let count = 0; count < 6; count++) backOff.crashed(0);
  backOff.reset();
  assert.equal(backOff.crashed(0), 0);
});
