import assert from "node:assert/strict";
import type { Pixels } from "../../../sidecar/image/pixels.ts";
import { chooseMoments } from "../../../sidecar/video/choose_moments.ts";
import { areAlike, likenessOf } from "../../../sidecar/video/likeness.ts";
import type { VideoSource } from "../../../sidecar/video/video_source.ts";

const WIDTH = 320;
const HEIGHT = 180;

/** A light page with dark boxes [left, top, width, height]. */
function page(...boxes: readonly (readonly [number, number, number, number])[]): Pixels {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(240);
  for (const [left, top, width, height] of boxes) {
    for (let y = top; y < top + height; y++) {
      data.fill(30, (y * WIDTH + left) * 3, (y * WIDTH + left + width) * 3);
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

/** A video that shows what a function says at each moment. */
function shows(pictureAt: (timeS: number) => Pixels | null): VideoSource & { looks: number[] } {
  const looks: number[] = [];
  return {
    looks,
    description: {
      ...{ format: "test", codec: null, durationS: 60, frameRate: 30, frameCount: 1800 },
      ...{ widthPx: WIDTH, heightPx: HEIGHT, notes: [] },
    },
    async *frames(timesS) {
      for (const [index, timeS] of timesS.entries()) {
        await Promise.resolve();
        looks.push(timeS);
        const pixels = pictureAt(timeS);
        if (pixels !== null) yield { index, pixels };
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const everySecond = Array.from({ length: 30 }, (_, i) => i * 2);

Deno.test("areAlike() ignores noise and a caret, and sees a word, a dialog and another page", () => {
  const before = likenessOf(page([20, 20, 100, 6]));
  const noisy = page([20, 20, 100, 6]);
  for (let i = 0; i < noisy.data.length; i++) {
    noisy.data[i] = (noisy.data[i] as number) + ((i * 7919) % 3 - 1);
  }
  assert.ok(areAlike(before, likenessOf(noisy)));
  assert.ok(areAlike(before, likenessOf(page([20, 20, 100, 6], [200, 100, 1, 1]))));
  assert.ok(!areAlike(before, likenessOf(page([20, 20, 100, 6], [130, 20, 30, 6]))));
  assert.ok(!areAlike(before, likenessOf(page([20, 20, 100, 6], [100, 60, 120, 60]))));
  assert.ok(!areAlike(before, likenessOf(page())));
});

Deno.test("chooseMoments() keeps one frame of each state and finds the moment of a change", async () => {
  const change = 20.9;
  const source = shows((timeS) => timeS < change ? page() : page([100, 60, 120, 60]));
  const { usedS, droppedS, damagedCount } = await chooseMoments(source, everySecond, { stillFrames: "auto" });
  assert.equal(damagedCount, 0);
  assert.equal(usedS.length, 2);
  assert.equal(usedS[0], 0);
  const found = usedS[1] as number;
  assert.ok(found >= change && found < change + 0.25, `found at ${found} s`);
  assert.equal(usedS.length + droppedS.length, source.looks.length);
});

Deno.test("chooseMoments() spends what is free on states between two looks", async () => {
  // A dialog that is open for less than a second, between two looks.
  const source = shows((timeS) => {
    if (timeS >= 20.6 && timeS < 21.3) return page([100, 60, 120, 60]);
    return timeS < 20.6 ? page() : page([20, 20, 100, 40]);
  });
  const { usedS } = await chooseMoments(source, everySecond, { stillFrames: "drop" });
  assert.ok(usedS.some((timeS) => timeS >= 20.6 && timeS < 21.3), usedS.join(" "));
  assert.ok(usedS.length >= 3 && usedS.length <= everySecond.length);
});

Deno.test("chooseMoments() leaves a film as it is, unless told otherwise", async () => {
  // Every frame differs but a few.
  const moving = (timeS: number) => page([Math.floor(timeS) * 4 % 200, 40, 80, 80]);
  const source = shows((timeS) => moving(timeS === 4 ? 2 : timeS));
  const kept = await chooseMoments(source, everySecond, { stillFrames: "auto" });
  assert.deepEqual(kept.usedS, everySecond);
  const dropped = await chooseMoments(source, everySecond, { stillFrames: "drop" });
  assert.ok(dropped.droppedS.includes(4));
  const still = shows(() => page());
  const all = await chooseMoments(still, everySecond, { stillFrames: "keep" });
  assert.deepEqual([all.usedS, all.droppedS], [everySecond, []]);
  assert.equal(still.looks.length, 0, "nothing depends on how the frames look");
});

Deno.test("chooseMoments() never sends more frames than were planned", async () => {
  let seed = 1;
  for (let round = 0; round < 20; round++) {
    const changes = Array.from({ length: 12 }, () => (seed = (seed * 16807) % 2147483647) / 2147483647 * 60);
    const source = shows((timeS) => {
      const state = changes.filter((change) => change <= timeS).length;
      return page([20 + state * 20, 20, 60, 60]);
    });
    const { usedS, droppedS } = await chooseMoments(source, everySecond, { stillFrames: "drop" });
    assert.ok(usedS.length <= everySecond.length);
    assert.deepEqual(usedS, usedS.toSorted((a, b) => a - b));
    assert.equal(new Set([...usedS, ...droppedS]).size, source.looks.length);
  }
});

Deno.test("chooseMoments() counts damaged frames and goes on", async () => {
  const source = shows((timeS) => timeS === 10 ? null : page([Math.floor(timeS) * 4, 40, 80, 80]));
  const { usedS, damagedCount } = await chooseMoments(source, everySecond, { stillFrames: "auto" });
  assert.equal(damagedCount, 1);
  assert.equal(usedS.length, everySecond.length - 1);
});
