// Videos from end to end in the engine: frames of the picture store, with times.

import assert from "node:assert/strict";
import type { UserPart, Video, VideoFrame, VideoReceipt } from "../../protocol/conversation.ts";
import type { GenerateProgress, GenerateResult } from "../../protocol/sidecar.ts";
import { Tokenizer } from "../../sidecar/text/tokenizer.ts";
import { plainPng } from "../support/bad_pictures.ts";
import { EngineBench } from "../support/engine.ts";
import { NANO } from "../support/places.ts";

/** Frames of one size at whole seconds, each of another grey. */
async function framesOf(bench: EngineBench, count: number, width = 80): Promise<VideoFrame[]> {
  const frames: VideoFrame[] = [];
  for (let i = 0; i < count; i++) {
    const grey = (16 + i * 8).toString(16).padStart(2, "0").slice(-2);
    const picture = await bench.store.addBytes(await plainPng(width, 60, `#${grey.repeat(3)}`), `${i}.png`);
    frames.push({ picture, timeS: i });
  }
  return frames;
}

async function ask(
  bench: EngineBench,
  videos: readonly Video[],
  watch: { signal?: AbortSignal; onProgress?: (progress: GenerateProgress) => void } = {},
  others: readonly UserPart[] = [],
): Promise<{ result: GenerateResult; progress: GenerateProgress[] }> {
  const parts = videos.map((video) => ({ kind: "video" as const, video }));
  const content = [...parts, ...others, { kind: "text" as const, text: "Describe this video." }];
  return await bench.ask([], "", { conversation: [{ role: "user", content }], maxTokens: 4 }, watch);
}

const encodingOf = (progress: readonly GenerateProgress[]) =>
  progress.flatMap((piece) =>
    piece.kind === "stage" && piece.stage === "encoding-video" ? [[piece.done, piece.total]] : []
  );

Deno.test("a list of pictures is answered in groups, and the receipt says which", async () => {
  await using bench = await EngineBench.open();
  const frames = await framesOf(bench, 5);
  const { result, progress } = await ask(bench, [{ name: "steps", frames, packing: 2 }]);
  const expected: VideoReceipt = {
    ...{ name: "steps", origin: null, widthPx: 80, heightPx: 60, usedTimesS: [0, 1, 2, 3, 4] },
    ...{ packing: 2, groupCount: 3, tokenCount: 96 },
  };
  assert.deepEqual(result.videos, [expected]);
  assert.ok(progress.some((piece) => piece.kind === "video-receipt"));
  assert.deepEqual(encodingOf(progress), [[0, 3], [1, 3], [2, 3], [3, 3]]);
  assert.equal(result.tokenIds.length, 4);
});

Deno.test("groups stand in the prompt one a line, without numbers, and key frames' text under their times", async () => {
  await using bench = await EngineBench.open();
  bench.reader.lines = ["Saved"];
  const frames = await framesOf(bench, 4);
  const picture = await bench.store.addBytes(await plainPng(40, 30), "dot.png");
  const { result } = await ask(bench, [{ name: "steps", frames, packing: 3 }], {}, [{
    kind: "picture",
    picture,
  }]);
  const config = JSON.parse(await Deno.readTextFile(`${NANO}/tokenizer_config.json`)) as object;
  const prompt = (await Tokenizer.open(NANO, config)).decode(result.promptTokenIds);
  const slot = `<image>${"<unk>".repeat(32)}</image>`;
  const lines = [
    ...[slot, slot, `<image_id>0</image_id>${slot}`],
    ...["<ocr>", "[0.0s]", "Saved", "[3.0s]", "Saved", "Saved", "</ocr>", "Describe this video."],
  ];
  assert.ok(prompt.includes(lines.join("\n")), prompt.replaceAll("<unk>", ""));
  assert.deepEqual(result.ocr?.map(({ sha256 }) => sha256), [picture.sha256]);
});

Deno.test("groups seen before are not encoded again, wherever they stand", async () => {
  await using bench = await EngineBench.open();
  const frames = await framesOf(bench, 3);
  const first = await ask(bench, [{ name: "steps", frames, packing: 1 }]);
  await bench.store.remove((frames[1] as VideoFrame).picture);
  const second = await ask(bench, [{ name: "steps", frames, packing: 1 }]);
  assert.deepEqual(second.result.tokenIds, first.result.tokenIds);
  const later = frames.map(({ picture, timeS }) => ({ picture, timeS: timeS + 1 }));
  await assert.rejects(ask(bench, [{ name: "steps", frames: later, packing: 1 }]), {
    kind: "picture-missing",
  });
});

Deno.test("frames share tokens only when the model would have no room for them", async () => {
  await using bench = await EngineBench.open();
  const { maxGroups } = await bench.engine.videoLimits({});
  assert.ok(maxGroups > 3 && maxGroups < 180, `${maxGroups}`);
  const frames = await framesOf(bench, 2);
  const list = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...frames[i % 2] as VideoFrame, timeS: i / 10 }));
  const few = await ask(bench, [{ name: "few", frames: list(3) }]);
  assert.deepEqual([few.result.videos[0]?.packing, few.result.videos[0]?.groupCount], [1, 3]);
  const many = await ask(bench, [{ name: "many", frames: list(maxGroups + 2) }]);
  assert.deepEqual(
    [many.result.videos[0]?.packing, many.result.videos[0]?.groupCount],
    [2, Math.ceil((maxGroups + 2) / 2)],
  );
  await assert.rejects(ask(bench, [{ name: "endless", frames: list(1081) }]), {
    kind: "video-too-long",
    message:
      'Cannot use video "endless": it has 1081 frames, and the model takes 1080 of them in groups of 6. ' +
      "Give fewer frames.",
  });
});

Deno.test("inspectVideo() says beforehand what sending a video means", async () => {
  await using bench = await EngineBench.open();
  const video = { name: "steps", frames: await framesOf(bench, 3), packing: 2 };
  const { signal } = new AbortController();
  const receipt = await bench.engine.inspectVideo({ video }, signal);
  const { result } = await ask(bench, [video]);
  assert.deepEqual([receipt], result.videos);
  assert.equal(receipt.groupCount, 2);
  await bench.store.remove((video.frames[0] as VideoFrame).picture);
  await assert.rejects(bench.engine.inspectVideo({ video }, signal), { kind: "picture-missing" });
});

Deno.test("a list that is no video is refused with the reason", async () => {
  await using bench = await EngineBench.open();
  const [first, second] = await framesOf(bench, 2) as [VideoFrame, VideoFrame];
  const [wide] = await framesOf(bench, 1, 81) as [VideoFrame];
  const refuses = (frames: readonly VideoFrame[], kind: string, message: RegExp) =>
    assert.rejects(ask(bench, [{ name: "steps", frames }]), { kind, message });
  await refuses([], "video-without-pictures", /^Cannot use video "steps": it holds no pictures\.$/);
  await refuses([second, first], "video-damaged", /the times of its pictures do not ascend/);
  await refuses([{ ...first, timeS: -1 }], "video-damaged", /the times of its pictures do not ascend/);
  await refuses([{ ...first, timeS: NaN }], "video-damaged", /the times of its pictures do not ascend/);
  await refuses([first, { ...wide, timeS: 9 }], "video-damaged", /its pictures differ in size/);
  for (const packing of [0, 7, 1.5]) {
    await assert.rejects(ask(bench, [{ name: "steps", frames: [first], packing }]), RangeError);
  }
});

Deno.test("temporal ids follow the times, and what frames were taken from says how far they reach", async () => {
  await using bench = await EngineBench.open();
  const frames = await framesOf(bench, 1);
  const origin = {
    ...{ format: "mp4", codec: "avc", durationS: 20, frameRate: 10, frameCount: 200 },
    ...{ droppedTimesS: [1, 2], notes: [] },
  };
  const answerAt = async (timeS: number) =>
    (await ask(bench, [{ name: "film", frames: [{ ...frames[0] as VideoFrame, timeS }], origin }])).result;
  const start = await answerAt(0);
  assert.deepEqual(start.videos[0]?.origin, origin);
  assert.deepEqual(
    (await answerAt(19.9)).tokenIds,
    (await answerAt(400)).tokenIds,
    "the scale ends with the video",
  );
});

Deno.test("stop is heard while a video is encoded", async () => {
  await using bench = await EngineBench.open();
  const video = { name: "steps", frames: await framesOf(bench, 4), packing: 1 };
  const controller = new AbortController();
  const seen: GenerateProgress[] = [];
  const watch = {
    signal: controller.signal,
    onProgress: (piece: GenerateProgress) => {
      seen.push(piece);
      if (piece.kind === "stage" && piece.stage === "encoding-video" && piece.done === 2) controller.abort();
    },
  };
  await assert.rejects(ask(bench, [video], watch), { name: "AbortError" });
  assert.deepEqual(encodingOf(seen).at(-1), [2, 4]);
  assert.equal((await ask(bench, [video])).result.tokenIds.length, 4);
});
