// The engine in this process, over a tiny checkpoint whose answers are nonsense and always the same.

import assert from "node:assert/strict";
import type { PictureRef, Turn } from "../../protocol/conversation.ts";
import { Failure, type FailureKind } from "../../protocol/errors.ts";
import type { GenerateParams, GenerateProgress, Stage } from "../../protocol/sidecar.ts";
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
    /^The conversation no longer fits: it takes \d+ tokens, and Tiny holds 512\. Of these, pictures and videos take: “a picture\.png” 12\. Ask without the pictures of earlier questions/,
  );
  // What fits is answered as far as there is room.
  const { result } = await bench.ask([], "word ".repeat(400), { maxTokens: 1e6 });
  assert.ok(result.promptTokenIds.length + result.tokenIds.length <= 512);
});

Deno.test("Engine leaves old pictures out when it may, the oldest first, and says which", async () => {
  await using bench = await openBench();
  bench.reader.lines = [];
  const refs = await Promise.all([140, 150, 160].map((width) => picture(bench, width)));
  const conversation = [
    question([refs[0] as PictureRef], "One? " + "word ".repeat(120)),
    { role: "assistant" as const, text: "Yes.", thinking: "" },
    question([refs[1] as PictureRef], "Two? " + "word ".repeat(120)),
    { role: "assistant" as const, text: "Yes.", thinking: "" },
    question([refs[2] as PictureRef], "Three?"),
  ];
  const size = (await bench.engine.prepare(
    { conversation, thinking: false, ocr: "off" },
    { signal: new AbortController().signal, onProgress: () => {} },
  )).tokenCount;
  // Filled up so that one picture has to go, then two; the question's own one never does.
  for (const [leftOver, count] of [[34, 0], [26, 1], [8, 2]] as const) {
    const filled = [
      ...conversation.slice(0, -1),
      question([refs[2] as PictureRef], `Three?${" word".repeat(512 - size - leftOver)}`),
    ];
    const { result, progress } = await bench.ask([], "", {
      conversation: filled,
      dropsOldPictures: true,
      maxTokens: 100,
      ocr: "off",
    });
    assert.equal(result.leftOut.length, count, `${leftOver} tokens left`);
    assert.deepEqual(
      result.pictures.map(({ sha256 }) => sha256),
      refs.slice(count).map(({ sha256 }) => sha256),
    );
    assert.deepEqual(
      progress.flatMap((piece) => piece.kind === "left-out" ? piece.parts : []),
      Array.from({ length: count }, () => ({ kind: "picture", name: "a picture.png", tokenCount: 12 })),
    );
  }
  const tooMuch = [...conversation.slice(0, -1), question([refs[2] as PictureRef], " word".repeat(600))];
  await fails(
    bench.ask([], "", { conversation: tooMuch, dropsOldPictures: true }),
    "context-full",
    /“a picture\.png” 12\./,
  );
});

Deno.test("Engine computes only what is new in a follow-up, and answers as if it had computed all", async () => {
  await using bench = await openBench();
  const [a, b] = [await picture(bench), await picture(bench, 60, 60)];
  const first = await bench.ask([a], "One?", { maxTokens: 8 });
  assert.equal(first.result.reusedTokenCount, 0);
  const conversation = [
    question([a], "One?"),
    { role: "assistant" as const, text: "Yes.", thinking: "" },
    question([b], "Two?"),
  ];
  const followUp = await bench.ask([], "", { conversation, maxTokens: 8 });
  // All of the first question up to where the reply began.
  assert.ok(followUp.result.reusedTokenCount >= first.result.promptTokenIds.length - 8);
  const progress = followUp.progress.flatMap((p) =>
    p.kind === "stage" && p.stage === "prefill" ? [p.done] : []
  );
  assert.equal(progress[0], followUp.result.reusedTokenCount);
  await bench.engine.unload();
  const whole = await bench.ask([], "", { conversation, maxTokens: 8 });
  assert.equal(whole.result.reusedTokenCount, 0);
  assert.deepEqual(whole.result.tokenIds, followUp.result.tokenIds);
  // Another picture in the same place is another prompt.
  const other = await bench.ask([await picture(bench, 161)], "One?", { maxTokens: 1 });
  assert.ok(other.result.reusedTokenCount < 20);
});

Deno.test("Engine prepares an answer ahead: the question then waits for its own words only", async () => {
  await using bench = await openBench();
  bench.reader.lines = ["Some text"];
  const ref = await picture(bench);
  const watch = { signal: new AbortController().signal, onProgress: () => {} };
  const prepared = await bench.engine.prepare(
    { conversation: [question([ref], "")], thinking: false, ocr: "auto" },
    watch,
  );
  assert.equal(prepared.contextLength, 512);
  const { result, progress } = await bench.ask([ref], "What is it?", { maxTokens: 4 });
  assert.equal(bench.reader.count, 1);
  assert.ok(
    result.reusedTokenCount > prepared.tokenCount - 16,
    `${result.reusedTokenCount} of ${prepared.tokenCount}`,
  );
  assert.ok(!progress.some((piece) => piece.kind === "stage" && piece.stage === "loading-model"));
  await bench.engine.unload();
  const alone = await bench.ask([ref], "What is it?", { maxTokens: 4 });
  assert.deepEqual(alone.result.tokenIds, result.tokenIds);
});

Deno.test("Engine goes on with an answer that was cut off", async () => {
  await using bench = await EngineBench.open();
  const text = "Say something about the sea.";
  const whole = (await bench.ask([], text, { maxTokens: 24 })).result;
  const cut = (await bench.ask([], text, { maxTokens: 10 })).result;
  assert.equal(cut.stopReason, "length");
  const { result } = await bench.ask([], "", {
    conversation: [question([], text), { role: "assistant", text: cut.text, thinking: "" }],
    maxTokens: 14,
  });
  assert.equal(cut.text + result.text, whole.text);
  assert.ok(result.reusedTokenCount >= cut.promptTokenIds.length);
});

Deno.test("Engine ends a trace that has used up its budget, and the answer follows", async () => {
  await using bench = await EngineBench.open();
  const ask = async (params: Partial<GenerateParams>, onProgress?: (piece: GenerateProgress) => void) =>
    (await bench.ask(
      [],
      "What is in the picture?",
      { thinking: true, ...params },
      onProgress ? { onProgress } : {},
    )).result;
  const free = await ask({});
  assert.equal(free.thinkingEnd, "model");
  assert.ok(free.thinking.length > 10 && free.text !== "");
  const short = await ask({ thinkingBudget: 3 });
  assert.equal(short.thinkingEnd, "cut");
  assert.ok(free.thinking.startsWith(short.thinking), short.thinking);
  assert.ok(short.text !== "" && !short.text.includes("</think>"));
  // A limit leaves a quarter for the answer, budget or not.
  const limited = await ask({ maxTokens: 8 });
  assert.deepEqual([limited.thinkingEnd, limited.stopReason], ["cut", "length"]);
  // A person who has had enough is heard at once.
  const skipped = await ask({}, (piece) => {
    if (piece.kind === "thinking") bench.engine.endTrace();
  });
  assert.equal(skipped.thinkingEnd, "cut");
  assert.ok(skipped.thinking.length < free.thinking.length && skipped.text !== "");
});

Deno.test("Engine lets the model's own limit count for the answer alone when the trace has a budget", async () => {
  const folder = `${checkpoints.path}/short`;
  await writeTinyCheckpoint(folder);
  await Deno.writeTextFile(`${folder}/generation_config.json`, JSON.stringify({ max_new_tokens: 24 }));
  await using bench = await openBench({ models: [{ id: "short", folder, precision: "fp32" }] });
  const lengthOf = async (params: Partial<GenerateParams>) =>
    (await bench.ask([], "What is it?", { thinking: true, ...params })).result.tokenIds.length;
  assert.equal(await lengthOf({}), 24);
  assert.equal(await lengthOf({ thinkingBudget: 10 }), 34);
  assert.equal(await lengthOf({ thinkingBudget: 10, thinking: false }), 24);
  assert.equal(await lengthOf({ thinkingBudget: 10, maxTokens: 20 }), 20);
});

Deno.test("Engine ends an answer before a stop string, and passes the ways to sample on", async () => {
  await using bench = await EngineBench.open();
  const text = "What is in the picture?";
  const whole = (await bench.ask([], text, {})).result;
  const word = whole.text.split(" ")[3] as string;
  const stopped = (await bench.ask([], text, { stopStrings: [` ${word}`] })).result;
  assert.equal(stopped.text, whole.text.slice(0, whole.text.indexOf(` ${word}`)));
  assert.equal(stopped.stopReason, "end");
  assert.ok(stopped.tokenIds.length < whole.tokenIds.length);
  const ids = async (params: Partial<GenerateParams>) =>
    (await bench.ask([], text, { maxTokens: 20, seed: 5, ...params })).result.tokenIds.join();
  const greedy = await ids({});
  assert.notEqual(await ids({ temperature: 3 }), greedy);
  for (const narrow of [{ topK: 1 }, { topP: 0 }, { minP: 1 }]) {
    assert.equal(await ids({ temperature: 3, ...narrow }), greedy, JSON.stringify(narrow));
  }
  const penalised = (await ids({ repetitionPenalty: 50, maxTokens: 80 })).split(",");
  assert.equal(new Set(penalised).size, penalised.length);
  assert.notEqual(new Set(whole.tokenIds).size, whole.tokenIds.length, "Nano repeats words by itself");
});

Deno.test("Engine finds on disk what it made of a picture, until the picture is gone", async () => {
  await using bench = await openBench({ diskCacheBytes: 1e9 });
  bench.reader.lines = ["Words"];
  const ref = await picture(bench);
  const first = await bench.ask([ref], "One?", { maxTokens: 6 });
  await using again = bench.restarted();
  const second = await again.ask([ref], "One?", { maxTokens: 6 });
  assert.deepEqual(second.result.tokenIds, first.result.tokenIds);
  assert.deepEqual(second.result.pictures, first.result.pictures);
  assert.equal(again.reader.count, 0);
  assert.equal(again.readersOpened, 0);
  assert.ok(
    !second.progress.some((p) => p.kind === "stage" && p.stage === "encoding-picture" && (p.done ?? 0) > 0),
  );
  await bench.store.remove(ref);
  await fails(again.ask([ref], "One?"), "picture-missing", /is gone/);
  await again.engine.unload();
  await again.engine.removeOrphans();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${bench.storage}/features`)), []);
});

Deno.test("Engine forgets what it made of pictures that are gone, and keeps the rest", async () => {
  await using bench = await openBench({ diskCacheBytes: 1e9 });
  const [gone, kept] = [await picture(bench), await picture(bench, 60, 60)];
  for (const ref of [gone, kept]) await bench.ask([ref], "One?", { maxTokens: 2 });
  await bench.store.remove(gone);
  await bench.engine.forgetGone();
  const names = (await Array.fromAsync(Deno.readDir(`${bench.storage}/features`))).map(({ name }) => name);
  assert.ok(names.some((name) => name.startsWith(kept.sha256)));
  assert.ok(!names.some((name) => name.startsWith(gone.sha256)));
});

Deno.test("Engine refuses a question about a part of a picture that is not sent along", async () => {
  await using bench = await openBench();
  const [a, b] = [await picture(bench), await picture(bench, 60, 60)];
  const box = { left: 0, top: 0, right: 500, bottom: 500 };
  const about = (ref: PictureRef) => ({
    role: "user" as const,
    content: [
      { kind: "picture" as const, picture: a },
      { kind: "box" as const, picture: ref, box },
      { kind: "text" as const, text: "This?" },
    ],
  });
  const ask = (...conversation: readonly Turn[]) =>
    bench.ask([], "", { conversation, ocr: "off", maxTokens: 2 });
  await fails(ask(about(b)), "picture-missing", /part of picture/);
  const withPart = (await ask(about(a))).result.promptTokenIds.length;
  const earlier = [about(b), { role: "assistant" as const, text: "Yes.", thinking: "" }];
  const { result } = await ask(...earlier, { role: "user", content: [{ kind: "text", text: "And?" }] });
  assert.ok(withPart > 0 && result.pictures.length === 1, "an earlier question may be without its part");
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
