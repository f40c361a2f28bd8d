import assert from "node:assert/strict";
import { Conversation } from "../../extension/conversation.ts";
import { Preparation } from "../../extension/preparation.ts";
import type { PrepareParams } from "../../protocol/sidecar.ts";
import { RequestDesk } from "./support/fake_sidecar.ts";
import { NUMBERS } from "./support/numbers.ts";
import { picture, receipt } from "./support/pictures.ts";
import { video, videoReceipt } from "./support/recordings.ts";
import { silentLog } from "./support/silent_log.ts";

/** A conversation whose next question is prepared. */
function start(isWanted = true) {
  const desk = new RequestDesk();
  const conversation: Conversation = new Conversation({
    onEvent: ({ kind }) => preparation.changed(kind),
    sourceOf: () => "",
  });
  const preparation = new Preparation({
    conversation,
    request: desk.request,
    log: silentLog(),
    isMissing: () => false,
    isWanted: () => isWanted,
  });
  const attach = (name: string) => {
    const id = conversation.attach(picture(name), null);
    conversation.confirm(receipt(picture(name)));
    return id;
  };
  return { conversation, preparation, desk, attach };
}

/** What was asked for, in short. */
function pictures(params: unknown): string {
  const parts = (params as PrepareParams).conversation.flatMap((turn) =>
    turn.role === "user" ? turn.content : []
  );
  return parts.map((part) => part.kind === "picture" ? part.picture.name : part.kind).join(" ");
}

/** Lets what was put off happen. */
/** Waits until everything that is due has been done. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("a picture is looked at as soon as it is confirmed, until the question is asked", async () => {
  const { conversation, desk, attach } = start();
  conversation.attach(picture("a"), null);
  await settle();
  assert.equal(desk.waitingCount, 0, "it may yet be refused");
  conversation.confirm(receipt(picture("a")));
  const prepared = await desk.take();
  assert.equal(prepared.method, "sightline/prepare");
  assert.equal(pictures(prepared.params), "a.png text");
  conversation.ask("What is it?", "off");
  assert.equal(prepared.signal?.aborted, true);
  await settle();
  attach("b");
  await settle();
  assert.equal(desk.waitingCount, 0, "an answer is in work");
});

Deno.test("what is attached or taken off meanwhile counts", async () => {
  const { conversation, preparation, desk, attach } = start();
  attach("a");
  const first = await desk.take();
  const b = attach("b");
  assert.equal(first.signal?.aborted, true);
  assert.equal(pictures((await desk.take()).params), "a.png b.png text");
  conversation.detach(b);
  const last = await desk.take();
  assert.equal(pictures(last.params), "a.png text");
  preparation.changed("unwatched");
  assert.equal(last.signal?.aborted, true);
  await settle();
  assert.equal(desk.waitingCount, 0);
  preparation.changed("watched");
  assert.equal(pictures((await desk.take()).params), "a.png text");
});

Deno.test("what the next question takes is told, and forgotten when that changes", async () => {
  const { conversation, desk, attach } = start();
  attach("a");
  const first = await desk.take();
  first.resolve({ tokenCount: 700, contextLength: 4096, leftOut: [] });
  await settle();
  assert.deepEqual(conversation.panel.need, { tokenCount: 700, contextLength: 4096 });
  attach("b");
  assert.equal(conversation.panel.need, null);
  const second = await desk.take();
  conversation.ask("?", "off");
  second.resolve({ tokenCount: 800, contextLength: 4096, leftOut: [] });
  await settle();
  assert.equal(conversation.panel.need, null, "what came too late is about another question");
});

Deno.test("a picture that was attached during an answer is looked at after it", async () => {
  const { conversation, desk, attach } = start();
  const turnId = conversation.ask("?", "off");
  conversation.progress(turnId, { kind: "answer", text: "Yes.", tokenCount: 1 });
  attach("a");
  await settle();
  assert.equal(desk.waitingCount, 0);
  conversation.finish(turnId, NUMBERS);
  assert.equal(pictures((await desk.take()).params), "text a.png text");
});

Deno.test("nothing is prepared for whoever does not want it, and a failure is nobody's trouble", async () => {
  const unwanted = start(false);
  unwanted.attach("a");
  await settle();
  assert.equal(unwanted.desk.waitingCount, 0);
  const { conversation, desk, attach } = start();
  attach("a");
  (await desk.take()).reject(new Error("no"));
  await settle();
  assert.deepEqual(conversation.panel.refusals, []);
});

Deno.test("a recording is looked at as soon as its frames are confirmed, and again when others are", async () => {
  const { conversation, desk } = start();
  const id = conversation.attachRecording("r.webm", null);
  const read = (characters: string) => {
    const frames = video("r.webm", characters);
    conversation.changeRecording(id, { video: frames, receipt: videoReceipt(frames), progress: null });
  };
  conversation.readingProgress(id, { stage: "looking", share: 0.5 });
  await settle();
  assert.equal(desk.waitingCount, 0, "its frames are not known yet");
  read("123");
  const first = await desk.take();
  assert.equal(pictures(first.params), "video text");
  conversation.changeRecording(id, { sampling: { fromS: 1 }, progress: { stage: "looking", share: null } });
  assert.equal(first.signal?.aborted, true);
  await settle();
  assert.equal(desk.waitingCount, 0);
  read("23");
  const second = await desk.take();
  second.resolve({ tokenCount: 300, contextLength: 4096, leftOut: [] });
  await settle();
  assert.deepEqual(conversation.panel.need, { tokenCount: 300, contextLength: 4096 });
});
