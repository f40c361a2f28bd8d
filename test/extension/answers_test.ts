import assert from "node:assert/strict";
import { Answers } from "../../extension/answers.ts";
import { Conversation, type ConversationEvent } from "../../extension/conversation.ts";
import { describeFailure, EngineEnded } from "../../extension/error_messages.ts";
import { Failure } from "../../protocol/errors.ts";
import type { GenerateParams, GenerateProgress, GenerateResult } from "../../protocol/sidecar.ts";
import { english } from "./support/english.ts";
import { deferred, RequestDesk } from "./support/fake_sidecar.ts";
import { picture, receipt } from "./support/pictures.ts";
import { silentLog } from "./support/silent_log.ts";

const RESULT: GenerateResult = {
  model: {
    id: "nano",
    name: "Nano",
    parameterCount: 1,
    contextLength: 4096,
    precision: "fp32",
    license: "Apache-2.0",
    isStandIn: true,
  },
  text: "A cat.",
  thinking: "",
  thinkingEnd: null,
  stopReason: "end",
  promptTokenIds: [1, 2, 3],
  tokenIds: [4, 5],
  reusedTokenCount: 0,
  leftOut: [],
  pictures: [receipt(picture("a"))],
  videos: [],
  ocr: null,
  timings: {
    decodeImageMs: 1,
    readTextMs: 2,
    visionMs: 3,
    prefillMs: 4,
    firstTokenMs: 5,
    decodeTokensPerSecond: 6,
  },
};

function start(missing: readonly string[] = []) {
  const desk = new RequestDesk();
  const log = silentLog();
  let onEvent: (event: ConversationEvent) => void = () => {};
  const conversation = new Conversation({ onEvent: (event) => onEvent(event), sourceOf: () => "" });
  const answers = new Answers({
    conversation,
    request: desk.request,
    useAttachments: () => Promise.resolve(new Set(missing)),
    describe: (error) => describeFailure(error, "answer", english),
    log,
  });
  const ask = (text: string): string => {
    const turnId = conversation.ask(text, "off");
    answers.add(turnId);
    return turnId;
  };
  /** Settles with the next event of a kind. */
  const next = (kind: ConversationEvent["kind"]): Promise<ConversationEvent> => {
    const { promise, resolve } = deferred<ConversationEvent>();
    onEvent = (event) => event.kind === kind && resolve(event);
    return promise;
  };
  const stateOf = (turnId: string) => conversation.turn(turnId)?.state.kind;
  return { conversation, answers, desk, log, ask, next, stateOf };
}

Deno.test("an answer streams into its turn and ends with its numbers", async () => {
  const { conversation, desk, ask, next, log } = start();
  conversation.attach(picture("a"), null);
  const turnId = ask("What?");
  const request = await desk.take();
  assert.equal(request.method, "sightline/generate");
  request.onProgress({ kind: "receipt", picture: receipt(picture("a")) });
  request.onProgress({ kind: "answer", text: "A cat.", tokenCount: 2 });
  const done = next("done");
  request.resolve(RESULT);
  await done;
  const turn = conversation.turn(turnId);
  assert.equal(turn?.text, "A cat.");
  assert.notEqual(turn?.question.attachments[0]?.receipt, null);
  assert.deepEqual(
    turn?.state.kind === "done" && [turn.state.numbers.promptTokenCount, turn.state.numbers.answerTokenCount],
    [3, 2],
  );
  assert.ok(log.lines.some((line) => line.includes("3 prompt tokens")), log.lines.join("\n"));
  assert.ok(!log.lines.join().match(/What|cat/), "the log tells what was asked or answered");
});

Deno.test("questions are answered one after the other, each with the answers before it", async () => {
  const { desk, ask, stateOf } = start();
  const first = ask("First?");
  const second = ask("Second?");
  const request = await desk.take();
  assert.equal(desk.waitingCount, 0);
  assert.equal(stateOf(second), "working");
  request.onProgress({ kind: "answer", text: "One.", tokenCount: 1 });
  request.resolve(RESULT);
  const { conversation } = (await desk.take()).params as GenerateParams;
  assert.equal(stateOf(first), "done");
  assert.deepEqual(conversation.map(({ role }) => role), ["user", "assistant", "user"]);
});

Deno.test("stop() shows the turn as stopped at once and goes on without waiting for the sidecar", async () => {
  const { answers, desk, ask, stateOf, log } = start();
  const first = ask("First?");
  const frozen = await desk.take();
  answers.stop(first);
  assert.equal(stateOf(first), "stopped");
  ask("Second?");
  const { conversation } = (await desk.take()).params as GenerateParams;
  assert.equal(conversation.length, 1, "the question without an answer is not sent");
  frozen.onProgress({ kind: "answer", text: "late", tokenCount: 1 });
  frozen.resolve(RESULT);
  assert.equal(stateOf(first), "stopped");
  assert.ok(log.lines.some((line) => line.includes("stopped")));
});

Deno.test("stop() keeps a question that waits from being asked", async () => {
  const { answers, desk, ask, next, stateOf } = start();
  ask("First?");
  const second = ask("Second?");
  const request = await desk.take();
  answers.stop(second);
  const done = next("done");
  request.resolve(RESULT);
  await done;
  assert.equal(stateOf(second), "stopped");
  assert.equal(desk.waitingCount, 0);
});

Deno.test("stopAll() stops everything", async () => {
  const { answers, desk, ask, stateOf } = start();
  const ids = [ask("First?"), ask("Second?")];
  await desk.take();
  answers.stopAll();
  assert.deepEqual(ids.map(stateOf), ["stopped", "stopped"]);
});

Deno.test("a person ends a trace, and the numbers say who ended it", async () => {
  const { conversation, answers, desk, next } = start();
  const turnId = conversation.ask("?", "auto");
  answers.add(turnId);
  const request = await desk.take();
  const { thinking, thinkingBudget } = request.params as GenerateParams;
  assert.deepEqual([thinking, thinkingBudget], [true, 512]);
  request.onProgress({ kind: "thinking", text: "Hm", tokenCount: 5 });
  void answers.skipThinking("another");
  assert.equal(desk.waitingCount, 0);
  const skipping = answers.skipThinking(turnId);
  const skip = await desk.take();
  assert.equal(skip.method, "sightline/endTrace");
  skip.resolve(null);
  await skipping;
  const done = next("done");
  request.resolve({ ...RESULT, thinkingEnd: "cut" });
  await done;
  const state = conversation.turn(turnId)?.state;
  assert.equal(state?.kind === "done" && state.numbers.traceEnd, "person");
});

Deno.test("an answer that was cut off goes on with what is left of its trace's budget, and is counted on", async () => {
  const { conversation, answers, desk, next } = start();
  const turnId = conversation.ask("?", "auto");
  answers.add(turnId);
  const first = await desk.take();
  first.onProgress({ kind: "thinking", text: "Hm.", tokenCount: 500 });
  first.onProgress({ kind: "answer", text: "A ", tokenCount: 3 });
  const cut = next("done");
  first.resolve({ ...RESULT, thinkingEnd: "cut", stopReason: "length" });
  await cut;
  assert.equal(conversation.goOn(turnId), true);
  answers.add(turnId);
  const second = await desk.take();
  const params = second.params as GenerateParams;
  assert.equal(params.thinkingBudget, 12);
  assert.deepEqual(params.conversation.at(-1), { role: "assistant", text: "A ", thinking: "Hm." });
  second.onProgress({ kind: "answer", text: "cat.", tokenCount: 4 });
  const done = next("done");
  second.resolve({ ...RESULT, promptTokenIds: Array(600).fill(1) });
  await done;
  const turn = conversation.turn(turnId);
  assert.equal(turn?.text, "A cat.");
  const numbers = turn?.state.kind === "done" ? turn.state.numbers : undefined;
  assert.deepEqual(
    [numbers?.thinkingTokenCount, numbers?.answerTokenCount, numbers?.promptTokenCount, numbers?.traceEnd],
    [500, 7, 97, "budget"],
  );
  assert.deepEqual(numbers?.context, { tokenCount: 104, contextLength: 4096 });
});

Deno.test("a failure is told with its reason and does not hold up the next question", async () => {
  const { conversation, desk, ask, next } = start();
  const first = ask("First?");
  ask("Second?");
  const failed = next("failed");
  (await desk.take()).reject(new Failure("context-full", "It no longer fits."));
  await failed;
  const state = conversation.turn(first)?.state;
  assert.equal(state?.kind === "failed" && state.failure.message, "It no longer fits.");
  assert.equal((await desk.take()).method, "sightline/generate");
});

Deno.test("an engine that dies at any point loses neither the question nor what had come of the answer", async () => {
  const pieces: GenerateProgress[] = [
    { kind: "stage", stage: "loading-model" },
    { kind: "receipt", picture: receipt(picture("a")) },
    { kind: "stage", stage: "encoding-picture", done: 1, total: 3 },
    { kind: "stage", stage: "prefill", done: 10, total: 20 },
    { kind: "thinking", text: "Hm.", tokenCount: 1 },
    { kind: "answer", text: "A c", tokenCount: 1 },
  ];
  for (let died = 0; died <= pieces.length; died++) {
    const { conversation, desk, ask, next } = start();
    conversation.attach(picture("a"), null);
    const turnId = ask("What?");
    const request = await desk.take();
    for (const piece of pieces.slice(0, died)) request.onProgress(piece);
    const failed = next("failed");
    request.reject(new EngineEnded("signal SIGKILL"));
    await failed;
    const turn = conversation.turn(turnId);
    assert.deepEqual(
      [turn?.question.text, turn?.question.attachments.length, turn?.thinking, turn?.text],
      ["What?", 1, died > 4 ? "Hm." : "", died > 5 ? "A c" : ""],
    );
    const failure = turn?.state.kind === "failed" ? turn.state.failure : undefined;
    assert.deepEqual(failure?.actions, ["retry", "show-log"]);
  }
});

Deno.test("pictures of earlier questions that are gone are not sent", async () => {
  const { conversation, desk, ask } = start([picture("a").sha256]);
  conversation.attach(picture("a"), null);
  conversation.confirm(receipt(picture("a")));
  ask("First?");
  const request = await desk.take();
  request.onProgress({ kind: "answer", text: "One.", tokenCount: 1 });
  request.resolve(RESULT);
  ask("Second?");
  const params = (await desk.take()).params as GenerateParams;
  const [earlier] = params.conversation;
  assert.ok(earlier?.role === "user" && earlier.content.every(({ kind }) => kind === "text"));
});
