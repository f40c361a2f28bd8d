import assert from "node:assert/strict";
import { CODEC_PACKAGES, type CodecLibrary, loadCodecLibrary } from "../../../sidecar/video/codec_library.ts";
import { openContainer } from "../../../sidecar/video/container.ts";
import { greyOf, makeVideo, steady, type VideoRecipe } from "../../support/videos.ts";

const libraries = new Map<string, CodecLibrary>();
for (const name of CODEC_PACKAGES) {
  const library = await loadCodecLibrary([name]);
  if (library !== null) libraries.set(name, library);
}

async function withVideo<T>(
  recipe: VideoRecipe,
  codecs: CodecLibrary | null,
  use: (video: Awaited<ReturnType<typeof openContainer>>) => Promise<T>,
): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, await makeVideo(recipe));
    await using video = await openContainer(path, "film", codecs);
    return await use(video);
  } finally {
    await Deno.remove(path);
  }
}

/** Frames at moments as [index, mean grey]. */
async function greysAt(video: Awaited<ReturnType<typeof openContainer>>, timesS: readonly number[]) {
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

Deno.test("a package with codecs is installed for this platform", () => {
  assert.ok(libraries.size > 0);
});

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

for (const [name, codecs] of libraries) {
  for (const [codec, container] of STREAMS) {
    Deno.test(`${name} gives the frames on screen of ${codec} in ${container}`, () =>
      withVideo(
        { codec, container, timesS: steady(60, 20), keyInterval: 25 },
        codecs,
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
}
