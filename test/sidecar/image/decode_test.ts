import assert from "node:assert/strict";
import sharp from "sharp";
import { decodePicture } from "../../../sidecar/image/decode.ts";
import { Failure, type FailureKind } from "../../../protocol/errors.ts";
import * as pictures from "../../support/bad_pictures.ts";

async function rejects(bytes: Uint8Array, kind: FailureKind, text: RegExp): Promise<void> {
  await assert.rejects(decodePicture(bytes, "the file.png"), (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, /^Cannot use picture "the file.png": .*\.$/);
    assert.match(error.message, text);
    return true;
  });
}

const pixelAt = ({ data, width }: { data: Uint8Array; width: number }, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

Deno.test("decodePicture() refuses an empty file", () =>
  rejects(new Uint8Array(0), "picture-empty", /empty/));

Deno.test("decodePicture() refuses text renamed .png", () =>
  rejects(new TextEncoder().encode("hello"), "picture-not-an-image", /a text file/));

Deno.test("decodePicture() refuses a video", () =>
  rejects(
    new Uint8Array([0, 0, 0, 32, ...new TextEncoder().encode("ftypisom"), 0, 0]),
    "picture-not-an-image",
    /an MP4 or MOV video/,
  ));

Deno.test("decodePicture() refuses a format it cannot read and names it", () =>
  rejects(
    new Uint8Array([0x42, 0x4d, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0]),
    "picture-format-unsupported",
    /BMP pictures cannot be read/,
  ));

Deno.test("decodePicture() refuses a truncated JPEG", async () =>
  rejects(await pictures.truncatedJpeg(), "picture-damaged", /damaged or cut short/));

Deno.test("decodePicture() refuses a truncated PNG", async () =>
  rejects(await pictures.truncatedPng(), "picture-damaged", /damaged or cut short/));

Deno.test("decodePicture() refuses a header bomb before it spends memory", async () => {
  const before = Deno.memoryUsage().rss;
  await rejects(pictures.headerBomb(), "picture-too-large", /20000×10000 pixels \(200 megapixels\)/);
  assert.ok(Deno.memoryUsage().rss - before < 100e6);
});

Deno.test("decodePicture() takes strips up to 200 to 1, and refuses thinner ones with the limit and what to do", async () => {
  for (const [width, height] of [[2000, 10], [10, 2000]] as const) {
    const { pixels } = await decodePicture(await pictures.plainPng(width, height), "strip.png");
    assert.deepEqual([pixels.width, pixels.height], [width, height]);
  }
  const limit = /2001×10 pixels, thinner than 200 to 1, .*Crop out the part you mean/;
  await rejects(await pictures.plainPng(2001, 10), "picture-too-thin", limit);
  await rejects(
    await pictures.plainPng(10, 2001),
    "picture-too-thin",
    /10×2001 pixels, thinner than 200 to 1/,
  );
  await rejects(await pictures.plainPng(20000, 30), "picture-too-thin", /20000×30/);
});

Deno.test("decodePicture() takes a single pixel", async () => {
  const { pixels, format, notes } = await decodePicture(await pictures.plainPng(1, 1), "dot.png");
  assert.deepEqual({ ...pixels, data: [...pixels.data] }, { width: 1, height: 1, data: [0x33, 0x66, 0x99] });
  assert.equal(format, "png");
  assert.deepEqual(notes, []);
});

Deno.test("decodePicture() shows the first frame of an animation and says so", async () => {
  const { pixels, notes } = await decodePicture(await pictures.animatedGif(), "anim.gif");
  assert.deepEqual([pixels.width, pixels.height], [60, 40]);
  assert.deepEqual(pixelAt(pixels, 30, 20), [255, 0, 0]);
  assert.deepEqual(notes, [{ kind: "first-frame", frameCount: 3 }]);
});

Deno.test("decodePicture() never loads what an SVG refers to", async () => {
  const red = await Deno.makeTempFile({ suffix: ".png" });
  await Deno.writeFile(red, await pictures.plainPng(300, 200, "#ff0000"));
  const { pixels, notes } = await decodePicture(pictures.svgWithExternalReferences(red), "drawing.svg");
  assert.deepEqual([pixels.width, pixels.height], [1344, 896]);
  assert.deepEqual(pixelAt(pixels, 600, 400), [255, 255, 255]);
  assert.deepEqual(notes, [
    { kind: "vector-drawn-at", widthPx: 1344, heightPx: 896 },
    { kind: "external-references-left-out" },
  ]);
  await Deno.remove(red);
});

Deno.test("decodePicture() turns CMYK into sRGB", async () => {
  const { pixels, notes } = await decodePicture(await pictures.cmykJpeg(), "print.jpg");
  const pixel = pixelAt(pixels, 32, 32);
  const distance = Math.max(...pixel.map((value, i) => Math.abs(value - ([0xb0, 0x40, 0x40][i] as number))));
  assert.ok(distance <= 24, `#b04040 came out as ${pixel.join(",")}`);
  assert.deepEqual(notes, [{ kind: "converted-to-srgb", from: "CMYK" }]);
});

Deno.test("decodePicture() reduces 16 bits to 8 and puts transparency on white", async () => {
  const { pixels, notes } = await decodePicture(await pictures.deepPngWithAlpha(), "deep.png");
  assert.deepEqual(pixelAt(pixels, 10, 10), [255, 0, 0]);
  const [grey] = pixelAt(pixels, 50, 10) as [number];
  assert.ok(Math.abs(grey - 127) <= 1, `half-transparent black on white came out as ${grey}`);
  assert.deepEqual(notes, [{ kind: "reduced-to-8-bit" }, { kind: "transparency-on-white" }]);
});

Deno.test("decodePicture() turns a picture as its EXIF data says", async () => {
  const { pixels, notes } = await decodePicture(await pictures.sidewaysJpeg(), "photo.jpg");
  assert.deepEqual([pixels.width, pixels.height], [40, 80]);
  assert.deepEqual(notes, [{ kind: "rotated-by-exif" }]);
});

Deno.test("decodePicture() can leave a picture as the reference would", async () => {
  const { pixels } = await decodePicture(await pictures.sidewaysJpeg(), "photo.jpg", { asReference: true });
  assert.deepEqual([pixels.width, pixels.height], [80, 40]);
  const deep = await decodePicture(await pictures.deepPngWithAlpha(), "deep.png", { asReference: true });
  assert.deepEqual(pixelAt(deep.pixels, 50, 10), [0, 0, 0]);
});

Deno.test("decodePicture() stops when its signal aborts", async () => {
  const bytes = await pictures.plainPng(2000, 2000);
  await assert.rejects(decodePicture(bytes, "x.png", { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
});

Deno.test("decodePicture() does not wait for the decoder when its signal aborts", async () => {
  const [large, small] = [await pictures.noisePng(4000, 4000), await pictures.plainPng(300, 300)];
  const controller = new AbortController();
  const stopped = decodePicture(large, "large.png", { signal: controller.signal }).then(
    () => "decoded",
    (error: Error) => error.name,
  );
  // The header of the large one is read first, then it is being decoded.
  await decodePicture(small, "small.png");
  const next = decodePicture(small, "small.png").then(() => "the next picture");
  controller.abort();
  assert.equal(await Promise.race([stopped, next]), "AbortError");
  await next;
  // Deno's test runner ends without a word when it closes while the abandoned decoder still works.
  while (sharp.counters().process > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

const svg = (attributes: string, body = "") =>
  new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${body}</svg>`);

Deno.test("decodePicture() draws vector pictures of every size large enough to read, and says how large", async () => {
  const drawn = async (attributes: string) => {
    const { pixels, notes } = await decodePicture(
      svg(attributes, "<rect width='1e4' height='1e4'/>"),
      "x.svg",
    );
    return [pixels.width, pixels.height, notes.find(({ kind }) => kind === "vector-drawn-at")];
  };
  const note = (widthPx: number, heightPx: number) => ({ kind: "vector-drawn-at", widthPx, heightPx });
  assert.deepEqual(await drawn('width="24" height="12"'), [1344, 672, note(1344, 672)]);
  assert.deepEqual(await drawn('width="0.5" height="0.5"'), [672, 672, note(672, 672)]);
  assert.deepEqual(await drawn('viewBox="0 0 10 10"'), [1344, 1344, note(1344, 1344)]);
  assert.deepEqual(await drawn('width="1500" height="100"'), [1500, 100, undefined]);
});

Deno.test("decodePicture() refuses vector pictures that mean to exhaust it", async () => {
  await rejects(svg('width="100000" height="100000"'), "picture-too-large", /10000 megapixels/);
  await rejects(svg('width="0" height="0"'), "picture-damaged", /damaged/);
  const entities = Array.from({ length: 12 }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`).join(
    "",
  );
  const laughs = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a0 "ha">${entities}]>` +
    `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><text>&a12;</text></svg>`;
  await rejects(new TextEncoder().encode(laughs), "picture-damaged", /damaged/);
});
