import assert from "node:assert/strict";
import { group, maxGroupsOf, temporalId } from "../../../sidecar/model/video_groups.ts";
import type { ModelConfig } from "../../../sidecar/checkpoint/config.ts";

Deno.test("temporalId() has the card's floating-point steps and stays on its scale", () => {
  for (const id of [43, 81, 86, 91, 162, 167, 172, 177, 182, 187, 324]) {
    assert.equal(temporalId(id / 10, 100), id - 1);
  }
  assert.equal(temporalId(4.4, 100), 44);
  assert.equal(temporalId(99, 2), 19);
  assert.equal(temporalId(0, 0.04), 0);
});

Deno.test("group() leaves the rest in the last group", () => {
  assert.deepEqual(group([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
});

Deno.test("maxGroupsOf() leaves room for a conversation, and never gives more than the release was made for", () => {
  const limit = (contextLength: number, queryCount: number) =>
    maxGroupsOf({ decoder: { contextLength }, resampler: { queryCount } } as ModelConfig);
  assert.equal(limit(40960, 64), 180);
  assert.equal(limit(2048, 32), 35);
  assert.equal(limit(16, 64), 1);
});
