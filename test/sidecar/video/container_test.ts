import assert from "node:assert/strict";
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";
import { Failure, type FailureKind } from "../../../protocol/errors.ts";
import { type CodecLibrary, loadCodecLibrary } from "../../../sidecar/video/codec_library.ts";
import { openContainer } from "../../../sidecar/video/container.ts";
import type { VideoSource } from "../../../sidecar/video/video_source.ts";
import { greyOf, makeSound, makeVideo, steady, type VideoRecipe } from "../../support/videos.ts";

const usual = await loadCodecLibrary();

async function withFile<T>(
  bytes: Uint8Array,
  codecs: CodecLibrary | null,
  use: (video: VideoSource) => Promise<T>,
): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await using video = await openContainer(path, "film", codecs);
    return await use(video);
  } finally {
    await Deno.remove(path);
  }
}

async function withVideo<T>(
  recipe: VideoRecipe,
  codecs: CodecLibrary | null,
  use: (video: VideoSource) => Promise<T>,
): Promise<T> {
  return await withFile(await makeVideo(recipe), codecs, use);
}

/** Frames at moments as [index, mean grey]. */
async function greysAt(video: VideoSource, timesS: readonly number[]) {
  const greys: [number, number][] = [];
  for await (const { index, pixels } of video.frames(timesS)) {
    greys.push([index, pixels.data.reduce((sum, value) => sum + value, 0) / pixels.data.length]);
  }
  return greys;
}

function assertGreys(greys: readonly [number, number][], frames: readonly number[]): void {
  assert.deepEqual(greys.map(([index]) => index), frames.map((_, i) => i));
  for (const [i, [, grey]] of greys.entries()) {
    const expected = greyOf(frames[i] as number);
    assert.ok(Math.abs(grey - expected) <= 3, `frame ${frames[i]} is ${grey}, not ${expected}`);
  }
}

const STREAMS = [
  ["avc", "mp4"],
  ["avc", "mov"],
  ["avc", "mkv"],
  ["hevc", "mp4"],
  ["vp8", "webm"],
  ["vp9", "webm"],
  ["av1", "mp4"],
  ["av1", "webm"],
] as const;

for (const [codec, container] of STREAMS) {
  Deno.test(`${codec} in ${container} gives the frames on screen`, () =>
    withVideo(
      { codec, container, timesS: steady(60, 20), keyInterval: 25 },
      usual,
      async (video) => {
        const { format, codec: told, durationS, frameCount, widthPx, heightPx } = video.description;
        assert.equal(told, codec);
        assert.ok(format.length > 0);
        assert.ok(Math.abs(durationS - 3) < 0.05, `${durationS} s`);
        assert.deepEqual([frameCount, widthPx, heightPx], [60, 64, 48]);
        const frames = [0, 1, 7, 24, 25, 26, 49, 50, 59];
        assertGreys(await greysAt(video, frames.map((frame) => (frame + 0.5) / 20)), frames);
      },
    ));
}

for (const container of ["mp4", "mkv"] as const) {
  Deno.test(`${container} with pictures out of order gives the frames on screen`, async () => {
    const noisy = (frame: number, x: number, y: number) => {
      const grey = greyOf(frame) + ((x * y) % 7 - 3);
      return [grey, grey, grey] as const;
    };
    const stream = { codec: "hevc", container, timesS: steady(75, 25), keyInterval: 25 } as const;
    const bytes = await makeVideo({ ...stream, reorders: true, paint: noisy });
    await withFile(bytes, usual, async (video) => {
      assert.ok(await isReordered(bytes), "the encoder kept the order");
      const some = [0, 1, 2, 3, 23, 24, 25, 26, 27, 48, 49, 50, 73, 74];
      assertGreys(await greysAt(video, some.map((frame) => frame / 25)), some);
      const all = steady(75, 25);
      assertGreys(await greysAt(video, all), all.map((_, frame) => frame));
    });
  });
}

async function isReordered(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  assert.ok(track !== null);
  let last = -1;
  for await (const { timestamp } of new EncodedPacketSink(track).packets()) {
    if (timestamp < last) return true;
    last = timestamp;
  }
  return false;
}

const allFrames = async (video: VideoSource, timesS: readonly number[]) => {
  const frames = [];
  for await (const frame of video.frames(timesS)) frames.push(frame);
  return frames;
};

async function refuses(bytes: Uint8Array, kind: FailureKind, text: RegExp): Promise<void> {
  await assert.rejects(withFile(bytes, usual, () => Promise.resolve()), (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, /^Cannot use video "film": /);
    assert.match(error.message, text);
    return true;
  });
}

Deno.test("a frame's colours are those that were painted", () =>
  withVideo(
    {
      ...{ codec: "avc", container: "mp4", width: 96, height: 64, timesS: steady(3, 10) },
      paint: (_, x) => x < 32 ? [200, 30, 30] : x < 64 ? [30, 200, 30] : [30, 30, 200],
    },
    usual,
    async (video) => {
      const [frame] = await allFrames(video, [0.1]);
      assert.ok(frame !== undefined);
      for (const [x, expected] of [[16, [200, 30, 30]], [48, [30, 200, 30]], [80, [30, 30, 200]]] as const) {
        const at = (32 * 96 + x) * 3;
        const pixel = [...frame.pixels.data.subarray(at, at + 3)];
        const off = Math.max(...pixel.map((value, c) => Math.abs(value - (expected[c] as number))));
        assert.ok(off <= 8, `${pixel} instead of ${expected}`);
      }
    },
  ));

for (const rotation of [90, 180, 270] as const) {
  Deno.test(`a video that stands on its side is turned by ${rotation} degrees`, () =>
    withVideo(
      {
        ...{ codec: "avc", container: "mp4", width: 96, height: 64, timesS: steady(3, 10), rotation },
        // The top left corner is light.
        paint: (_, x, y) => x < 32 && y < 32 ? [255, 255, 255] : [0, 0, 0],
      },
      usual,
      async (video) => {
        const [width, height] = rotation === 180 ? [96, 64] : [64, 96];
        const { widthPx, heightPx, notes } = video.description;
        assert.deepEqual([widthPx, heightPx], [width, height]);
        assert.deepEqual(notes, [{ kind: "turned", degrees: rotation }]);
        const [frame] = await allFrames(video, [0]);
        assert.ok(frame !== undefined);
        assert.deepEqual([frame.pixels.width, frame.pixels.height], [width, height]);
        const lightAt = (x: number, y: number) => (frame.pixels.data[(y * width + x) * 3] as number) > 128;
        const corners = [[8, 8], [width - 8, 8], [width - 8, height - 8], [8, height - 8]] as const;
        const light = corners.map(([x, y]) => lightAt(x, y));
        assert.deepEqual(light, [0, 1, 2, 3].map((corner) => corner === rotation / 90));
      },
    ));
}

Deno.test("a video of odd width and height keeps its last column and row", () =>
  withVideo(
    {
      ...{ codec: "vp8", container: "webm", width: 77, height: 51, timesS: steady(3, 10) },
      paint: (_, x) => x < 38 ? [20, 20, 20] : [220, 220, 220],
    },
    usual,
    async (video) => {
      const [frame] = await allFrames(video, [0.1]);
      assert.deepEqual([frame?.pixels.width, frame?.pixels.height], [77, 51]);
      const last = frame?.pixels.data.at(-1) ?? 0;
      assert.ok(Math.abs(last - 220) <= 8, String(last));
      assert.ok((frame?.pixels.data[50 * 77 * 3] ?? 255) < 40);
    },
  ));

Deno.test("frames of a varying rate are those on screen", () => {
  const timesS = [0, 0.1, 0.2, 2, 2.05, 4.5];
  return withVideo(
    { codec: "avc", container: "mp4", timesS, lastS: 6, keyInterval: 4 },
    usual,
    async (video) => {
      assert.equal(video.description.frameCount, 6);
      assertGreys(
        await greysAt(video, [0, 0.15, 0.2, 1.9, 2, 2.04, 4.4, 4.5, 5.9]),
        [0, 1, 2, 2, 3, 3, 4, 5, 5],
      );
    },
  );
});

Deno.test("a video of one frame shows it at every moment", () =>
  withVideo({ codec: "avc", container: "mp4", timesS: [0] }, usual, async (video) => {
    assert.equal(video.description.frameCount, 1);
    assert.ok(video.description.durationS > 0);
    assertGreys(await greysAt(video, [0, 1]), [0, 0]);
  }));

Deno.test("a file whose description is missing is refused", async () => {
  const bytes = await makeVideo({ codec: "avc", container: "mp4", timesS: steady(10, 10) });
  await refuses(bytes.subarray(0, 60), "video-damaged", /damaged or cut short/);
});

Deno.test("a file that only begins like a video is refused", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(4096));
  noise.set([0, 0, 0, 24, ...new TextEncoder().encode("ftypisom")]);
  await refuses(noise, "video-damaged", /damaged or cut short/);
});

Deno.test("a file with sound alone is refused", async () => {
  await refuses(await makeSound(), "video-without-pictures", /it holds only sound/);
});

Deno.test("a platform without a decoder says so", async () => {
  await assert.rejects(
    withVideo({ codec: "avc", container: "mp4", timesS: [0] }, null, () => Promise.resolve()),
    /video files cannot be read on \w+ \(\w+\) yet\. Give an animated GIF or WebP/,
  );
});
