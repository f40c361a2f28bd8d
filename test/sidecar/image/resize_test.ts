// Golden values of minicpmv45-spec.md section 11.2, computed with Pillow 12.3.0.
import assert from "node:assert/strict";
import { toPatches } from "../../../sidecar/image/patches.ts";
import type { Pixels } from "../../../sidecar/image/pixels.ts";
import { resizeBicubic } from "../../../sidecar/image/resize.ts";

/** Channel c at (x, y) is (7x + 13y + 31c + floor(x·y/16)) mod 256. */
function testPicture(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[i++] = 7 * x + 13 * y + 31 * c + Math.floor(x * y / 16);
    }
  }
  return { width, height, data };
}

function pixel({ data, width }: Pixels, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** Channel sums, three pixels, and a checksum that weighs every byte by its place. */
function digest(picture: Pixels) {
  const { data, width, height } = picture;
  const sums = [0, 0, 0];
  let weighted = 0;
  data.forEach((value, i) => {
    sums[i % 3] = (sums[i % 3] ?? 0) + value;
    weighted += value * (1 + i % 251);
  });
  return {
    sums,
    first: pixel(picture, 0, 0),
    middle: pixel(picture, Math.floor(width / 2), Math.floor(height / 2)),
    last: pixel(picture, width - 1, height - 1),
    weighted,
  };
}

const GOLDEN = [
  {
    from: [20, 10],
    to: [7, 4],
    sums: [3541, 4137, 4274],
    first: [17, 48, 79],
    middle: [145, 176, 209],
    last: [215, 59, 41],
    weighted: 558115,
  },
  {
    from: [100, 50],
    to: [630, 322],
    sums: [25853479, 25902044, 26004767],
    first: [0, 28, 59],
    middle: [241, 31, 37],
    last: [100, 131, 162],
    weighted: 9794051327,
  },
  {
    from: [640, 480],
    to: [518, 392],
    sums: [25876303, 25912839, 25891079],
    first: [3, 34, 65],
    middle: [185, 216, 168],
    last: [120, 154, 185],
    weighted: 9785632054,
  },
  {
    from: [1920, 1080],
    to: [602, 336],
    sums: [25775179, 25804967, 25791272],
    first: [23, 54, 85],
    middle: [139, 133, 126],
    last: [146, 128, 135],
    weighted: 9748944461,
  },
] as const;

for (const { from, to, ...expected } of GOLDEN) {
  Deno.test(`resizeBicubic() equals Pillow for ${from.join("×")} to ${to.join("×")}`, async () => {
    const resized = await resizeBicubic(testPicture(from[0], from[1]), { width: to[0], height: to[1] });
    assert.deepEqual(digest(resized), expected);
  });
}

Deno.test("resizeBicubic() equals Pillow in every value of a small picture", async () => {
  const resized = await resizeBicubic(testPicture(20, 10), { width: 7, height: 4 });
  const red = Array.from(
    { length: 4 },
    (_, y) => Array.from({ length: 7 }, (_, x) => pixel(resized, x, y)[0]),
  );
  assert.deepEqual(red, [
    [17, 36, 57, 78, 97, 118, 137],
    [49, 68, 89, 110, 130, 151, 171],
    [82, 102, 124, 145, 166, 187, 209],
    [114, 134, 156, 177, 199, 223, 215],
  ]);
});

Deno.test("resizeBicubic() stops when its signal aborts", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  await assert.rejects(
    resizeBicubic(testPicture(4000, 3000), { width: 3990, height: 2990 }, controller.signal),
    { name: "AbortError" },
  );
});

Deno.test("toPatches() lays out normalised patches in the order channel, row, column", async () => {
  const half = [0.5, 0.5, 0.5] as const;
  const grid = await toPatches(testPicture(448, 448), 14, { mean: half, std: half });
  assert.deepEqual([grid.rows, grid.columns], [32, 32]);
  const element = (c: number, y: number, patch: number, x: number) =>
    grid.patches[patch * 588 + c * 196 + y * 14 + x] as number;
  const close = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-6);
  close(element(0, 0, 0, 0), -1);
  close(element(0, 0, 1, 0), -0.2313725);
  close(element(1, 3, 33, 5), 0.1686275);
  close(element(2, 13, 1023, 13), 0.8980392);
});

Deno.test("toPatches() refuses a slice that is not made of whole patches", async () => {
  const half = [0.5, 0.5, 0.5] as const;
  await assert.rejects(toPatches(testPicture(15, 14), 14, { mean: half, std: half }), RangeError);
});
