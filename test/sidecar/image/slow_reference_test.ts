// Slicing and resampling against slow versions that follow the specification word by word, for sizes at random.
// @see minicpmv45-spec.md sections 2.1 to 2.4

import assert from "node:assert/strict";
import type { Pixels } from "../../../sidecar/image/pixels.ts";
import { resizeBicubic } from "../../../sidecar/image/resize.ts";
import { planSlices, type Size, type SliceConfig, sliceCount } from "../../../sidecar/image/slice.ts";

/** Whole numbers from 0 below a limit, the same in every run. */
function numbers(seed: number): (limit: number) => number {
  let state = BigInt(seed);
  return (limit) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(limit));
  };
}

/** Python's round(): the nearest whole number, of two the even one. */
function pythonRound(value: number): number {
  const below = Math.floor(value);
  const candidates = [below, below + 1].sort((a, b) =>
    Math.abs(value - a) - Math.abs(value - b) || Math.abs(a % 2) - Math.abs(b % 2)
  );
  return candidates[0] as number;
}

const ensureDivide = (length: number, patch: number) => Math.max(pythonRound(length / patch) * patch, patch);

function findBestResize(width: number, height: number, side: number, patch: number, upscale: boolean): Size {
  if (width * height > side * side || upscale) {
    const ratio = width / height;
    height = Math.trunc(side / Math.sqrt(ratio));
    width = Math.trunc(height * ratio);
  }
  return { width: ensureDivide(width, patch), height: ensureDivide(height, patch) };
}

/** Every grid that may be chosen, in the order in which the release looks at them. */
function candidateGrids({ width, height }: Size, { scaleResolution: side, maxSliceCount }: SliceConfig) {
  const multiple = Math.min(Math.ceil((width * height) / side ** 2), maxSliceCount);
  if (multiple <= 1) return [];
  const counts = [multiple - 1, multiple, multiple + 1].filter((n) => n !== 1 && n <= maxSliceCount);
  return counts.flatMap((count) =>
    Array.from({ length: count }, (_, i) => i + 1).filter((columns) => count % columns === 0)
      .map((columns) => ({ columns, rows: count / columns }))
  );
}

Deno.test("planSlices() plans 20,000 sizes as a slow version does", () => {
  const next = numbers(7);
  for (let i = 0; i < 20_000; i++) {
    const size = { width: 1 + next(i % 2 === 0 ? 300 : 6000), height: 1 + next(i % 3 === 0 ? 300 : 6000) };
    const config = {
      scaleResolution: [224, 448][next(2)] as number,
      maxSliceCount: 1 + next(9),
      patchSize: 14,
    };
    const plan = planSlices(size, config);
    const { scaleResolution: side, patchSize: patch } = config;
    const distance = ({ columns, rows }: { columns: number; rows: number }) =>
      Math.abs(Math.log(size.width / size.height) - Math.log(columns / rows));
    // sort() is stable: of equals the first stays first.
    const grid = candidateGrids(size, config).sort((a, b) => distance(a) - distance(b))[0];
    if (grid === undefined) {
      assert.deepEqual(plan, {
        overview: findBestResize(size.width, size.height, side, patch, true),
        refined: null,
      });
      continue;
    }
    const cell = findBestResize(
      ensureDivide(size.width, grid.columns) / grid.columns,
      ensureDivide(size.height, grid.rows) / grid.rows,
      side,
      patch,
      true,
    );
    assert.deepEqual(plan, {
      overview: findBestResize(size.width, size.height, side, patch, false),
      refined: {
        grid,
        cell,
        size: { width: cell.width * grid.columns, height: cell.height * grid.rows },
      },
    }, `${size.width}×${size.height}, ${JSON.stringify(config)}`);
    assert.ok(sliceCount(plan) <= 1 + config.maxSliceCount);
  }
});

function kernel(x: number): number {
  const a = -0.5;
  x = Math.abs(x);
  if (x < 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

/** One output value along an axis, from the whole line, in exact integers. */
function resampled(line: readonly number[], to: number, i: number): number {
  const scale = line.length / to;
  const filterScale = Math.max(scale, 1);
  const center = (i + 0.5) * scale;
  const first = Math.max(0, Math.trunc(center - 2 * filterScale + 0.5));
  const end = Math.min(line.length, Math.trunc(center + 2 * filterScale + 0.5));
  const weights = line.map((_, x) => x < first || x >= end ? 0 : kernel((x - center + 0.5) / filterScale));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 1n << 21n;
  for (const [x, weight] of weights.entries()) {
    const share = weight / total * 2 ** 22;
    sum += BigInt(Math.trunc(share + (weight < 0 ? -0.5 : 0.5))) * BigInt(line[x] as number);
  }
  return Math.min(255, Math.max(0, Number(sum >> 22n)));
}

function slowResize({ width, height, data }: Pixels, to: Size): Uint8Array {
  const at = (x: number, y: number, c: number) => data[(y * width + x) * 3 + c] as number;
  const out = new Uint8Array(to.width * to.height * 3);
  for (let c = 0; c < 3; c++) {
    const rows = Array.from({ length: height }, (_, y) => {
      const line = Array.from({ length: width }, (_, x) => at(x, y, c));
      return to.width === width
        ? line
        : Array.from({ length: to.width }, (_, x) => resampled(line, to.width, x));
    });
    for (let x = 0; x < to.width; x++) {
      const line = rows.map((row) => row[x] as number);
      for (let y = 0; y < to.height; y++) {
        const value = to.height === height ? line[y] as number : resampled(line, to.height, y);
        out[(y * to.width + x) * 3 + c] = value;
      }
    }
  }
  return out;
}

Deno.test("resizeBicubic() gives every value that a slow version gives, for 150 sizes of noise", async () => {
  const next = numbers(11);
  for (let i = 0; i < 150; i++) {
    const [width, height] = [1 + next(40), 1 + next(40)];
    const to = { width: i % 5 === 0 ? width : 1 + next(40), height: i % 7 === 0 ? height : 1 + next(40) };
    const picture = { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => next(256)) };
    const resized = await resizeBicubic(picture, to);
    // The order of multiplications may move a weight by 2^-22, and with it a value that lies on the edge.
    const slow = slowResize(picture, to);
    const worst = slow.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (resized.data[at] as number))),
      0,
    );
    const others = slow.filter((value, at) => value !== resized.data[at]).length;
    assert.ok(
      worst <= 1 && others <= slow.length / 1000,
      `${width}×${height} to ${to.width}×${to.height}: ${others} by ${worst}`,
    );
  }
});
