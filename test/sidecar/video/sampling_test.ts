import assert from "node:assert/strict";
import { group, temporalId } from "../../../sidecar/model/video_groups.ts";
import { chooseFrames } from "../../../sidecar/video/sampling.ts";

/** Golden values of the release's model card: spec section 11.7. */
const CARD = [
  {
    frames: 30,
    rate: 30,
    fps: 3,
    packing: 1,
    count: 3,
    groups: 3,
    first: [5, 15, 25],
    ids: [2, 5, 8],
    last: [],
  },
  {
    ...{ frames: 100, rate: 24, fps: 10, packing: 1, count: 42, groups: 42, first: [1, 3, 5, 8] },
    ...{ ids: [0, 1, 2, 3, 4, 5], last: [39, 40, 41] },
  },
  {
    ...{ frames: 300, rate: 30, fps: 5, packing: 1, count: 50, groups: 50, first: [3, 9, 15, 21] },
    ...{ ids: [1, 3, 5, 7, 9, 11], last: [95, 97, 99] },
  },
  {
    ...{ frames: 900, rate: 30, fps: 5, packing: 1, count: 150, groups: 150, first: [3, 9, 15, 21] },
    ...{ ids: [1, 3, 5, 7, 9, 11], last: [295, 297, 299] },
  },
  {
    ...{ frames: 1800, rate: 30, fps: 5, packing: 2, count: 300, groups: 150, first: [3, 9, 15, 21] },
    ...{ ids: [1, 3, 5, 7, 9, 11], last: [595, 597, 599] },
  },
  {
    ...{ frames: 3600, rate: 30, fps: 5, packing: 3, count: 540, groups: 180, first: [3, 10, 16, 23] },
    ...{ ids: [1, 3, 5, 8, 10, 12], last: [1194, 1197, 1199] },
  },
  {
    ...{ frames: 7200, rate: 29.97, fps: 3, packing: 3, count: 540, groups: 180, first: [6, 20, 33, 46] },
    ...{ ids: [2, 7, 11, 15, 20, 24], last: [2391, 2396, 2400] },
  },
  {
    ...{ frames: 18000, rate: 25, fps: 5, packing: 3, count: 540, groups: 180, first: [16, 50, 83, 116] },
    ...{ ids: [6, 20, 33, 46, 60, 73], last: [7166, 7180, 7193] },
  },
];

for (const { frames, rate, fps, ...golden } of CARD) {
  Deno.test(`chooseFrames() takes from ${frames} frames at ${rate} a second what the card takes`, () => {
    const { packing, indices } = chooseFrames({ frameCount: frames, frameRate: rate }, {
      framesPerSecond: fps,
    });
    assert.equal(packing, golden.packing);
    assert.equal(indices.length, golden.count);
    assert.equal(group(indices, packing).length, golden.groups);
    assert.deepEqual(indices.slice(0, golden.first.length), golden.first);
    const ids = indices.map((index) => temporalId(index / rate, frames / rate));
    assert.deepEqual(ids.slice(0, golden.ids.length), golden.ids);
    assert.deepEqual(ids.slice(ids.length - golden.last.length), golden.last);
  });
}

Deno.test("chooseFrames() takes the only frame of a video with one", () => {
  assert.deepEqual(chooseFrames({ frameCount: 1, frameRate: 30 }), { packing: 1, indices: [0] });
  assert.deepEqual(chooseFrames({ frameCount: 1, frameRate: 0.1 }), { packing: 1, indices: [0] });
});

Deno.test("chooseFrames() never takes a frame twice", () => {
  for (const [frameCount, frameRate] of [[2, 0.5], [7, 1], [10, 0.2], [1000, 0.5]] as const) {
    const { indices } = chooseFrames({ frameCount, frameRate }, { framesPerSecond: 10 });
    assert.equal(new Set(indices).size, indices.length);
    assert.ok((indices.at(-1) ?? 0) < frameCount);
  }
});

Deno.test("chooseFrames() packs 1 to 6 frames when told to, within 180 groups", () => {
  const long = { frameCount: 216_000, frameRate: 30 };
  for (const [packing, count] of [[1, 180], [2, 360], [3, 540], [6, 1080]] as const) {
    const choice = chooseFrames(long, { packing });
    assert.equal(choice.packing, packing);
    assert.equal(choice.indices.length, count);
    assert.equal(group(choice.indices, packing).length, 180);
  }
  assert.equal(chooseFrames({ frameCount: 900, frameRate: 30 }, { packing: 6 }).indices.length, 90);
});

Deno.test("chooseFrames() keeps to fewer groups where the model holds fewer", () => {
  const { packing, indices } = chooseFrames({ frameCount: 3600, frameRate: 30 }, { maxGroups: 20 });
  assert.equal(packing, 3);
  assert.equal(indices.length, 60);
});

Deno.test("chooseFrames() refuses limits that are none", () => {
  for (
    const limits of [{ packing: 0 }, { packing: 7 }, { packing: 1.5 }, { framesPerSecond: 0 }, {
      framesPerSecond: NaN,
    }]
  ) {
    assert.throws(() => chooseFrames({ frameCount: 10, frameRate: 10 }, limits), RangeError);
  }
});
