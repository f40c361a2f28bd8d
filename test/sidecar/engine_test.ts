// The engine in this process, over a tiny checkpoint whose answers are nonsense and always the same.

import assert from "node:assert/strict";
import type { PictureRef } from "../../protocol/conversation.ts";
import { Failure, type FailureKind } from "../../protocol/errors.ts";
import type { GenerateProgress, Stage } from "../../protocol/sidecar.ts";
import { plainPng } from "../support/bad_pictures.ts";
import { EngineBench, question } from "../support/engine.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { writeTinyCheckpoint } from "../support/tiny_checkpoint.ts";

const checkpoints = await tempFolder();
Deno.test.afterAll(() => checkpoints[Symbol.asyncDispose]());
const TINY = `${checkpoints.path}/tiny`;
await writeTinyCheckpoint(TINY);
await Deno.writeTextFile(
  `${TINY}/sightline.json`,
  JSON.stringify({ name: "Tiny", wants_ocr: true, is_stand_in: true }),
);
const SOURCE = { id: "tiny", folder: TINY, precision: "fp32" } as const;

function openBench(options: Parameters<typeof EngineBench.open>[0] = {}): Promise<EngineBench> {
  return EngineBench.open({ models: [SOURCE], ...options });
}

const picture = async (bench: EngineBench, width = 160, height = 80): Promise<PictureRef> =>
  bench.store.addBytes(await plainPng(width, height), "a picture.png");

const stagesOf = (progress: readonly GenerateProgress[]): string[] =>
  progress.map((piece) => piece.kind === "stage" ? piece.stage : piece.kind)
    .filter((name, i, all) => name !== all[i - 1]);

const fails = (promise: Promise<unknown>, kind: FailureKind, text: RegExp) =>
  assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === kind, String(error));
    assert.match(error.message, text);
    return true;
  });

Deno.test("Engine tells each stage in order, confirms the picture, and answers", async () => {
  await using bench = await openBench();
  bench.reader.lines = ["Some text", "in the picture"];
  const ref = await picture(bench);
  const { result, progress } = await bench.ask([ref], "What is it?", { maxTokens: 12 });
  assert.deepEqual(stagesOf(progress), [
    "loading-model",
    "decoding-picture",
    "receipt",
    "reading-text",
    "encoding-picture",
    "prefill",
    "generating",
    "answer",
  ]);
  assert.deepEqual(result.pictures, [{
    sha256: ref.sha256,
    name: "a picture.png",
    format: "png",
    widthPx: 160,
    heightPx: 80,
    grid: { columns: 2, rows: 1 },
    sliceCount: 3,
    tokenCount: 12,
    notes: [],
  }]);
  assert.deepEqual(
    progress.flatMap((piece) => piece.kind === "receipt" ? [piece.picture] : []),
    result.pictures,
  );
  assert.deepEqual(result.ocr?.map(({ sha256, lines }) => [sha256, lines.map(({ text }) => text)]), [
    [ref.sha256, ["Some text", "in the picture"]],
  ]);
  assert.equal(result.tokenIds.length, 12);
  assert.equal(result.stopReason, "length");
  assert.deepEqual(
    { ...result.model, parameterCount: 0 },
    {
      id: "tiny",
      name: "Tiny",
      parameterCount: 0,
      contextLength: 512,
      precision: "fp32",
      license: "unknown",
      isStandIn: true,
    },
  );
  const { firstTokenMs, visionMs, prefillMs, decodeTokensPerSecond } = result.timings;
  assert.ok(
    visionMs > 0 && prefillMs > 0 && firstTokenMs >= visionMs + prefillMs && decodeTokensPerSecond > 0,
  );
  const counts = progress.flatMap((piece) => piece.kind === "answer" ? [piece.tokenCount] : []);
  assert.deepEqual(counts, [...counts].sort((a, b) => a - b));
});

Deno.test("Engine repeats answers: greedily always, with a temperature for the same seed", async () => {
  await using bench = await openBench();
  const ask = async (temperature: number, seed: number) =>
    (await bench.ask([], "Hello", { temperature, seed, maxTokens: 16 })).result.tokenIds.join();
  assert.equal(await ask(0, 1), await ask(0, 2));
  assert.equal(await ask(1, 7), await ask(1, 7));
  assert.notEqual(await ask(1, 7), await ask(1, 8));
});

Deno.test("Engine leaves the text out when it is told to, and the block when there is no text", async () => {
  await using bench = await openBench();
  const ref = await picture(bench);
  bench.reader.lines = ["Words"];
  const without = await bench.ask([ref], "Hm?", { ocr: "off", maxTokens: 1 });
  assert.equal(without.result.ocr, null);
  assert.equal(bench.reader.count, 0);
  const withText = await bench.ask([ref], "Hm?", { maxTokens: 1 });
  assert.ok(withText.result.promptTokenIds.length > without.result.promptTokenIds.length);
  bench.reader.lines = [];
  const other = await picture(bench, 161);
  const blank = await bench.ask([other], "Hm?", { maxTokens: 1 });
  assert.equal(blank.result.promptTokenIds.length, without.result.promptTokenIds.length);
});

Deno.test("Engine does not read or encode a picture again that it has seen", async () => {
  await using bench = await openBench();
  bench.reader.lines = ["Words"];
  const ref = await picture(bench);
  const slicesDone = (progress: readonly GenerateProgress[]) =>
    Math.max(
      ...progress.map((piece) =>
        piece.kind === "stage" && piece.stage === "encoding-picture" ? piece.done ?? 0 : 0
      ),
    );
  const first = await bench.ask([ref], "One?", { maxTokens: 4 });
  const second = await bench.ask([ref], "One?", { maxTokens: 4 });
  assert.deepEqual([slicesDone(first.progress), slicesDone(second.progress)], [3, 0]);
  assert.equal(bench.reader.count, 1);
  assert.deepEqual(second.result.tokenIds, first.result.tokenIds);
  assert.ok(!stagesOf(second.progress).includes("loading-model"));
});

Deno.test("Engine answers a follow-up with the pictures of earlier turns where they stood", async () => {
  await using bench = await openBench();
  const [a, b] = [await picture(bench), await picture(bench, 60, 60)];
  const conversation = [
    question([a], "One?"),
    { role: "assistant" as const, text: "Yes.", thinking: "Hm." },
    question([b], "Two?"),
  ];
  const { result } = await bench.ask([], "", { conversation, maxTokens: 2 });
  assert.deepEqual(result.pictures.map(({ sha256 }) => sha256), [a.sha256, b.sha256]);
  await assert.rejects(
    bench.ask([], "", { conversation: conversation.slice(0, 2) }),
    /last turn must be the user's/,
  );
  await assert.rejects(bench.ask([], "", { conversation: [] }), RangeError);
});

Deno.test("Engine says which models there are when asked for another", async () => {
  await using bench = await openBench({ models: [SOURCE, { ...SOURCE, id: "second" }] });
  await fails(
    bench.ask([], "Hi", { model: "third" }),
    "model-missing",
    /^There is no model "third"\. Choose one of: tiny, second\.$/,
  );
  const { result } = await bench.ask([], "Hi", { model: "second", maxTokens: 1 });
  assert.equal(result.model.id, "second");
});

Deno.test("Engine uses a model's folder as soon as it is mended", async () => {
  await using folder = await tempFolder();
  const models = [{ ...SOURCE, folder: `${folder.path}/model` }];
  await using bench = await openBench({ models });
  await fails(bench.ask([], "Hi"), "model-missing", /config\.json cannot be read/);
  const ref = await picture(bench);
  const signal = new AbortController().signal;
  await fails(bench.engine.inspectPicture({ picture: ref }, signal), "model-missing", /config\.json/);
  await writeTinyCheckpoint(`${folder.path}/model`);
  assert.equal((await bench.engine.inspectPicture({ picture: ref }, signal)).tokenCount, 12);
  await bench.ask([], "Hi", { maxTokens: 1 });
});

Deno.test("Engine refuses what does not fit the context, and says what takes the room", async () => {
  await using bench = await openBench();
  const ref = await picture(bench);
  await fails(
    bench.ask([ref], "word ".repeat(600)),
    "context-full",
    /^The conversation no longer fits: it takes \d+ tokens \(12 of them for 1 picture in 3 slices\), and Tiny holds 512\. Start a new chat/,
  );
  // What fits is answered as far as there is room.
  const { result } = await bench.ask([], "word ".repeat(400), { maxTokens: 1e6 });
  assert.ok(result.promptTokenIds.length + result.tokenIds.length <= 512);
});

Deno.test("Engine answers one request at a time and tells the next that it waits", async () => {
  await using bench = await openBench();
  await bench.ask([], "Load", { maxTokens: 1 });
  const log: string[] = [];
  const ask = (name: string) =>
    bench.ask([], name, { maxTokens: 20 }, {
      onProgress: (piece) => log.push(`${name} ${piece.kind === "stage" ? piece.stage : piece.kind}`),
    }).then(({ result }) => (log.push(`${name} done`), result));
  const [first, second] = await Promise.all([ask("a"), ask("b")]);
  assert.equal(first.tokenIds.length, 20);
  assert.equal(second.tokenIds.length, 20);
  assert.equal(log.indexOf("b queued"), log.findIndex((entry) => entry.startsWith("b")));
  assert.ok(log.indexOf("b queued") < log.indexOf("a done"));
  assert.ok(log.indexOf("a done") < log.indexOf("b prefill"));
});

/** Asks, and cancels as soon as a stage has begun. */
async function cancelAt(
  bench: EngineBench,
  refs: readonly PictureRef[],
  stage: Stage | "answer",
): Promise<void> {
  const controller = new AbortController();
  const asking = bench.ask(refs, "word ".repeat(300), { maxTokens: 150 }, {
    signal: controller.signal,
    onProgress: (piece) => {
      if ((piece.kind === "stage" ? piece.stage : piece.kind) === stage) controller.abort();
    },
  });
  await assert.rejects(asking, { name: "AbortError" });
}

for (
  const stage of [
    "loading-model",
    "decoding-picture",
    "reading-text",
    "encoding-picture",
    "prefill",
    "generating",
    "answer",
  ] as const
) {
  Deno.test(`Engine stops when a request is cancelled at "${stage}", and answers the next`, async () => {
    await using bench = await openBench();
    const ref = await picture(bench);
    await cancelAt(bench, [ref], stage);
    const { result } = await bench.ask([ref], "And now?", { maxTokens: 3 });
    assert.equal(result.tokenIds.length, 3);
  });
}

Deno.test("Engine lets a waiting request go at once when it is cancelled", async () => {
  await using bench = await openBench();
  const first = bench.ask([], "One", { maxTokens: 30 });
  const controller = new AbortController();
  const second = bench.ask([], "Two", {}, { signal: controller.signal });
  let isFirstDone = false;
  void first.then(() => isFirstDone = true);
  controller.abort();
  await assert.rejects(second, { name: "AbortError" });
  assert.equal(isFirstDone, false);
  assert.equal((await first).result.tokenIds.length, 30);
});

Deno.test("Engine frees everything when told to, and loads again on the next request", async () => {
  await using bench = await openBench();
  bench.reader.lines = ["Words"];
  const ref = await picture(bench);
  await bench.ask([ref], "One?", { maxTokens: 2 });
  await bench.engine.unload();
  assert.equal(bench.reader.isDisposed, true);
  const { progress } = await bench.ask([ref], "One?", { maxTokens: 2 });
  assert.equal(stagesOf(progress)[0], "loading-model");
  assert.equal(bench.readersOpened, 2);
});

Deno.test("Engine frees everything after some time without a request, not during one", async () => {
  await using bench = await openBench({ idleUnloadMs: 20 });
  const ref = await picture(bench);
  const { promise: freed, resolve } = Promise.withResolvers<void>();
  bench.reader[Symbol.dispose] = resolve;
  let isAnswered = false;
  void freed.then(() => assert.ok(isAnswered, "freed during a request"));
  await bench.ask([ref], "One?", { maxTokens: 60 }); // Takes longer than the idle time.
  isAnswered = true;
  await freed;
  const { progress } = await bench.ask([ref], "One?", { maxTokens: 1 });
  assert.equal(stagesOf(progress)[0], "loading-model");
});

Deno.test("Engine ends in the middle of an answer: the request is cancelled, then everything is freed", async () => {
  const bench = await openBench();
  const ref = await picture(bench);
  const { promise: answering, resolve } = Promise.withResolvers<void>();
  const asking = bench.ask([ref], "One?", { maxTokens: 400 }, {
    onProgress: ({ kind }) => kind === "answer" && resolve(),
  });
  const waiting = bench.ask([], "Two?");
  const cancelled = [asking, waiting].map((request) => assert.rejects(request, { name: "AbortError" }));
  await answering;
  await bench[Symbol.asyncDispose]();
  await Promise.all(cancelled);
  assert.equal(bench.reader.isDisposed, true);
});

Deno.test("Engine reads text without any model", async () => {
  await using bench = await openBench({ models: [] });
  bench.reader.lines = ["One", "Two"];
  const stages: string[] = [];
  const result = await bench.engine.readText({ picture: await picture(bench) }, {
    signal: new AbortController().signal,
    onProgress: ({ stage }) => stages.push(stage),
  });
  assert.deepEqual([result.text, result.widthPx, result.heightPx], ["One\nTwo", 160, 80]);
  assert.equal(stages[0], "decoding-picture");
});

Deno.test("Engine says which of several pictures cannot be used, and has not loaded it half", async () => {
  await using bench = await openBench();
  const good = await picture(bench);
  const bad = await bench.store.addBytes(new TextEncoder().encode("no picture"), "bad.png");
  await fails(bench.ask([good, bad], "Both?"), "picture-not-an-image", /^Cannot use picture "bad\.png"/);
  const { result } = await bench.ask([good], "This one?", { maxTokens: 1 });
  assert.equal(result.pictures.length, 1);
});
