// Golden values of minicpmv45-spec.md section 11.1.
import assert from "node:assert/strict";
import { planSlices, roundHalfEven, sliceCount } from "../../../sidecar/image/slice.ts";

const RELEASE = { scaleResolution: 448, maxSliceCount: 9, patchSize: 14 };
const TOKENS_PER_SLICE = 64;

/** "grid; overview; refined; cell; tokens" as the specification's table has them. */
function describe(width: number, height: number, config = RELEASE): string {
  const plan = planSlices({ width, height }, config);
  const size = (s: { width: number; height: number }) => `${s.width}×${s.height}`;
  const refined = plan.refined;
  return [
    refined ? `${refined.grid.columns}×${refined.grid.rows}` : "–",
    size(plan.overview),
    refined ? size(refined.size) : "–",
    refined ? size(refined.cell) : "–",
    sliceCount(plan) * TOKENS_PER_SLICE,
  ].join("; ");
}

const GOLDEN: Record<string, string> = {
  "448×448 224×224 1×1": "–; 448×448; –; –; 64",
  "100×50 600×300": "–; 630×322; –; –; 64",
  "50×1000": "–; 98×2002; –; –; 64",
  "1000×1": "–; 14000×14; –; –; 64",
  "449×448": "2×1; 448×448; 644×630; 322×630; 192",
  "640×480": "2×1; 518×392; 728×546; 364×546; 192",
  "896×448": "2×1; 630×322; 896×448; 448×448; 192",
  "800×600 1024×768": "2×2; 518×392; 1036×784; 518×392; 320",
  "2000×500": "4×1; 896×224; 1792×448; 448×448; 320",
  "1280×720": "3×2; 602×336; 1470×812; 490×406; 448",
  "10000×100": "6×1; 4396×42; 10920×112; 1820×112; 448",
  "1920×1080": "4×2; 602×336; 1680×952; 420×476; 576",
  "1080×2400": "2×4; 294×672; 840×1904; 420×476; 576",
  "1344×1344": "3×3; 448×448; 1344×1344; 448×448; 640",
  "4000×3000": "3×3; 518×392; 1554×1176; 518×392; 640",
  "3000×4000 1200×1600": "3×3; 392×518; 1176×1554; 392×518; 640",
  "448×4032": "1×9; 154×1344; 448×4032; 448×448; 640",
};

for (const [sizes, expected] of Object.entries(GOLDEN)) {
  for (const size of sizes.split(" ")) {
    Deno.test(`planSlices() plans ${size} as the release does`, () => {
      const [width, height] = size.split("×").map(Number) as [number, number];
      assert.equal(describe(width, height), expected);
    });
  }
}

Deno.test("planSlices() keeps to the overview when one slice is allowed", () => {
  assert.equal(describe(1920, 1080, { ...RELEASE, maxSliceCount: 1 }), "–; 602×336; –; –; 64");
});

Deno.test("planSlices() tries only two slices when two are allowed", () => {
  assert.match(describe(4000, 3000, { ...RELEASE, maxSliceCount: 2 }), /^2×1; /);
});

Deno.test("roundHalfEven() rounds as Python does", () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6, -0.5, -1.5].map((x) => roundHalfEven(x) + 0), [
    0,
    2,
    2,
    2,
    3,
    0,
    -2,
  ]);
});

Deno.test("the slices of the thinnest pictures that are taken are no larger than those of others", () => {
  for (const [long, short] of [[200, 1], [2000, 10], [20000, 100], [100000, 500]] as const) {
    for (const size of [{ width: long, height: short }, { width: short, height: long }]) {
      const plan = planSlices(size, RELEASE);
      assert.ok(sliceCount(plan) <= 10);
      const sizes = [plan.overview, ...plan.refined === null ? [] : [plan.refined.cell]];
      for (const { width, height } of sizes) {
        const patchCount = (width / 14) * (height / 14);
        // A side below half a patch is still a whole one, so a strip may have a few more patches than a square.
        assert.ok(patchCount <= 1.6 * 32 * 32, `${long}:${short} gives a slice of ${width}×${height}`);
      }
    }
  }
});
