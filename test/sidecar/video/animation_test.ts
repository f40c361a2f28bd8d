import assert from "node:assert/strict";
import sharp from "sharp";
import { openAnimation } from "../../../sidecar/video/animation.ts";
import type { VideoSource } from "../../../sidecar/video/video_source.ts";

const GREYS = [0, 60, 120, 180, 240];
const DELAYS_MS = [100, 300, 100, 500, 200];

function animation() {
  const frame = 40 * 30 * 3;
  const data = new Uint8Array(frame * GREYS.length);
  for (const [i, grey] of GREYS.entries()) data.fill(grey, i * frame, (i + 1) * frame);
  return sharp(data, { raw: { width: 40, height: 30 * GREYS.length, channels: 3, pageHeight: 30 } });
}

async function withAnimation(bytes: Uint8Array, use: (video: VideoSource) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await using video = await openAnimation(path, "film");
    await use(video);
  } finally {
    await Deno.remove(path);
  }
}

for (const format of ["gif", "webp"] as const) {
  Deno.test(`an animated ${format} shows the frames of each moment`, async () => {
    const picture = animation();
    const bytes = format === "gif"
      ? await picture.gif({ delay: DELAYS_MS }).toBuffer()
      : await picture.webp({ delay: DELAYS_MS, lossless: true }).toBuffer();
    await withAnimation(bytes, async (video) => {
      const { format: told, codec, durationS, frameCount, widthPx, heightPx } = video.description;
      assert.deepEqual([told, codec, frameCount, widthPx, heightPx], [format, null, 5, 40, 30]);
      assert.ok(Math.abs(durationS - 1.2) < 1e-9);
      const timesS = [0, 0.099, 0.1, 0.39, 0.4, 0.5, 0.99, 1, 5];
      const greys = [];
      for await (const { index, pixels } of video.frames(timesS)) {
        assert.equal(index, greys.length);
        greys.push(pixels.data[0]);
      }
      assert.deepEqual(greys, [0, 60, 60, 60, 120, 180, 180, 240, 240]);
    });
  });
}

Deno.test("what is see-through in an animation is shown on white", async () => {
  const data = new Uint8Array(20 * 40 * 4);
  data.fill(255, 20 * 20 * 4);
  const bytes = await sharp(data, { raw: { width: 20, height: 40, channels: 4, pageHeight: 20 } })
    .webp({ lossless: true }).toBuffer();
  await withAnimation(bytes, async (video) => {
    for await (const { pixels } of video.frames([0])) {
      assert.deepEqual([...pixels.data.subarray(0, 3)], [255, 255, 255]);
    }
  });
});

Deno.test("a damaged animation is refused", async () => {
  await assert.rejects(
    withAnimation(new TextEncoder().encode("GIF89a"), () => Promise.resolve()),
    { kind: "video-damaged" },
  );
});
