import assert from "node:assert/strict";
import { PictureStore } from "../../../host/picture_store.ts";
import { VideoStore } from "../../../host/video_store.ts";
import type { UserPart, VideoReceipt } from "../../../protocol/conversation.ts";
import type { GenerateProgress, GenerateResult } from "../../../protocol/sidecar.ts";
import { Tokenizer } from "../../../sidecar/text/tokenizer.ts";
import { EngineBench } from "../../support/engine.ts";
import { NANO } from "../../support/places.ts";
import { makeVideo, steady } from "../../support/videos.ts";
import { plainPng } from "../../support/bad_pictures.ts";

type VideoPart = Extract<UserPart, { kind: "video" }>;

/** A recording in which a dark box appears after two of four seconds. */
const recording = await makeVideo({
  ...{ codec: "avc", container: "mp4", width: 160, height: 96, timesS: steady(40, 10), keyInterval: 20 },
  paint: (frame, x, y) =>
    frame >= 20 && x > 40 && x < 120 && y > 30 && y < 70 ? [30, 30, 30] : [240, 240, 240],
});

async function store(bench: EngineBench, bytes: Uint8Array): Promise<VideoPart> {
  const path = `${bench.storage}/screen.mp4`;
  await Deno.writeFile(path, bytes);
  return { kind: "video", video: await new VideoStore(bench.storage).addFile(path) };
}

async function ask(
  bench: EngineBench,
  parts: readonly UserPart[],
  watch: { signal?: AbortSignal; onProgress?: (progress: GenerateProgress) => void } = {},
): Promise<{ result: GenerateResult; progress: GenerateProgress[] }> {
  const content = [...parts, { kind: "text" as const, text: "Describe this video." }];
  return await bench.ask([], "", { conversation: [{ role: "user", content }], maxTokens: 4 }, watch);
}

const stagesOf = (progress: readonly GenerateProgress[], stage: string) =>
  progress.flatMap((piece) => piece.kind === "stage" && piece.stage === stage ? [piece] : []);

Deno.test("a recording is answered from its distinct frames, and the receipt says which", async () => {
  await using bench = await EngineBench.open();
  const part = await store(bench, recording);
  const { result, progress } = await ask(bench, [part]);
  const [video] = result.videos as [VideoReceipt];
  assert.equal(video.usedTimesS.length, 2);
  assert.equal(video.usedTimesS[0], video.droppedTimesS.length > 0 ? video.usedTimesS[0] : null);
  assert.ok(Math.abs((video.usedTimesS[1] as number) - 2) < 0.25, video.usedTimesS.join(" "));
  assert.deepEqual([video.groupCount, video.packing, video.tokenCount], [2, 1, 64]);
  assert.deepEqual([video.format, video.codec, video.widthPx, video.heightPx], ["mp4", "avc", 160, 96]);
  assert.ok(progress.some((piece) => piece.kind === "video-receipt"));
  assert.deepEqual(stagesOf(progress, "encoding-video").map(({ done, total }) => [done, total]), [
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
  assert.ok(stagesOf(progress, "choosing-frames").length > 2);
  assert.equal(result.tokenIds.length, 4);
});

Deno.test("groups stand in the prompt one a line, without numbers, and key frames' text under their times", async () => {
  await using bench = await EngineBench.open();
  bench.reader.lines = ["Saved"];
  const picture = await bench.store.addBytes(await plainPng(40, 30), "dot.png");
  const part = await store(bench, recording);
  const { result } = await ask(bench, [{ ...part, sampling: { packing: 3, stillFrames: "keep" } }, {
    kind: "picture",
    picture,
  }]);
  const [video] = result.videos as [VideoReceipt];
  assert.equal(video.usedTimesS.length, 12);
  assert.deepEqual([video.groupCount, video.packing, video.droppedTimesS.length], [4, 3, 0]);
  const config = JSON.parse(await Deno.readTextFile(`${NANO}/tokenizer_config.json`)) as object;
  const prompt = (await Tokenizer.open(NANO, config)).decode(result.promptTokenIds);
  const slot = `<image>${"<unk>".repeat(32)}</image>`;
  const last = (video.usedTimesS.at(-1) as number).toFixed(1);
  assert.ok(
    prompt.includes(
      [
        ...[slot, slot, slot, slot],
        `<image_id>0</image_id>${slot}`,
        ...[
          "<ocr>",
          `[${(video.usedTimesS[0] as number).toFixed(1)}s]`,
          "Saved",
          `[${last}s]`,
          "Saved",
          "Saved",
        ],
        "</ocr>",
        "Describe this video.",
      ].join("\n"),
    ),
    prompt.replaceAll("<unk>", ""),
  );
});

Deno.test("a video seen before is not decoded or encoded again", async () => {
  await using bench = await EngineBench.open();
  const part = await store(bench, recording);
  const first = await ask(bench, [part]);
  await new VideoStore(bench.storage).remove(part.video as { sha256: string });
  const second = await ask(bench, [part]);
  assert.deepEqual(second.result.tokenIds, first.result.tokenIds);
  assert.equal(stagesOf(second.progress, "encoding-video").length, 1);
  await assert.rejects(ask(bench, [{ ...part, sampling: { packing: 2 } }]), { kind: "video-missing" });
});

Deno.test("only the part that was asked for is looked at", async () => {
  await using bench = await EngineBench.open();
  const part = await store(bench, recording);
  const { result } = await ask(bench, [{ ...part, sampling: { fromS: 1, toS: 3, stillFrames: "keep" } }]);
  const { usedTimesS } = result.videos[0] as VideoReceipt;
  assert.equal(usedTimesS.length, 6);
  assert.ok(usedTimesS.every((timeS) => timeS >= 1 && timeS < 3), usedTimesS.join(" "));
  await assert.rejects(ask(bench, [{ ...part, sampling: { fromS: 60 } }]), { kind: "video-range-empty" });
});

Deno.test("pictures with times are a video", async () => {
  await using bench = await EngineBench.open();
  const pictures = new PictureStore(bench.storage);
  const colors = ["#ffffff", "#ffffff", "#202020", "#202020", "#c04040"];
  const frames = [];
  for (const [i, color] of colors.entries()) {
    frames.push({ picture: await pictures.addBytes(await plainPng(80, 60, color), `${i}.png`), timeS: i });
  }
  const { result } = await ask(bench, [{ kind: "video", video: { name: "steps", frames } }]);
  const [video] = result.videos as [VideoReceipt];
  assert.deepEqual([video.sha256, video.format, video.frameCount, video.durationS], [null, "pictures", 5, 5]);
  assert.equal(video.usedTimesS.length, 3);
  const odd = await pictures.addBytes(await plainPng(81, 60), "odd.png");
  const uneven = [...frames, { picture: odd, timeS: 9 }];
  await assert.rejects(ask(bench, [{ kind: "video", video: { name: "steps", frames: uneven } }]), {
    kind: "video-damaged",
    message: /its pictures differ in size/,
  });
});

for (const stage of ["choosing-frames", "encoding-video"] as const) {
  Deno.test(`stop is heard while the stage is ${stage}`, async () => {
    await using bench = await EngineBench.open();
    const part = { ...await store(bench, recording), sampling: { stillFrames: "keep" as const } };
    const controller = new AbortController();
    const seen: GenerateProgress[] = [];
    const watch = {
      signal: controller.signal,
      onProgress: (piece: GenerateProgress) => {
        seen.push(piece);
        if (piece.kind === "stage" && piece.stage === stage && piece.done === 2) controller.abort();
      },
    };
    await assert.rejects(ask(bench, [part], watch), { name: "AbortError" });
    assert.equal(stagesOf(seen, stage).at(-1)?.done, 2);
    const { result } = await ask(bench, [part]);
    assert.equal(result.tokenIds.length, 4);
  });
}
