import assert from "node:assert/strict";
import { Attachments } from "../../extension/attachments.ts";
import { Conversation } from "../../extension/conversation.ts";
import { describeFailure } from "../../extension/error_messages.ts";
import { Failure } from "../../protocol/errors.ts";
import { english } from "./support/english.ts";
import { deferred, RequestDesk } from "./support/fake_sidecar.ts";
import { picture, receipt } from "./support/pictures.ts";
import { source, testRecordings, video, videoReceipt } from "./support/recordings.ts";
import { silentLog } from "./support/silent_log.ts";

function start() {
  const desk = new RequestDesk();
  const conversation = new Conversation({ onEvent: () => {}, sourceOf: () => "" });
  const made = testRecordings(conversation, desk.request);
  const attachments = new Attachments({
    conversation,
    recordings: made.recordings,
    request: desk.request,
    describe: (error) => describeFailure(error, "picture", english),
    log: silentLog(),
  });
  const add = (character: string) =>
    attachments.add({ store: () => Promise.resolve(picture(character)), origin: null });
  const names = () => conversation.panel.attachments.map(({ name }) => name);
  return { ...made, desk, conversation, attachments, add, names };
}

Deno.test("add() attaches a picture and has the sidecar confirm it", async () => {
  const { desk, conversation, add } = start();
  const added = add("a");
  const request = await desk.take();
  assert.equal(conversation.panel.attachments[0]?.receipt, null);
  request.resolve(receipt(picture("a")));
  assert.equal(await added, conversation.panel.attachments[0]?.id);
  assert.deepEqual(conversation.panel.attachments[0]?.receipt, receipt(picture("a")));
});

Deno.test("add() takes off and refuses what the sidecar cannot use", async () => {
  const { desk, conversation, add } = start();
  const added = add("a");
  const reason = new Failure("picture-damaged", 'Cannot use picture "a.png": it is cut short.', {
    subject: "a.png",
  });
  (await desk.take()).reject(reason);
  assert.equal(await added, null);
  assert.deepEqual(conversation.panel.attachments, []);
  assert.equal(conversation.panel.refusals[0]?.failure.headline, "“a.png” is damaged.");
});

Deno.test("add() refuses what cannot be stored", async () => {
  const { conversation, attachments } = start();
  const store = () => Promise.reject(new Failure("picture-empty", "It is empty.", { subject: "b.png" }));
  assert.equal(await attachments.add({ store, origin: null }), null);
  assert.equal(conversation.panel.refusals[0]?.failure.kind, "picture-empty");
});

Deno.test("a picture that was asked about before it was judged is not refused as well", async () => {
  const { desk, conversation, add } = start();
  const added = add("a");
  const request = await desk.take();
  conversation.ask("What?", "off");
  request.reject(new Failure("picture-damaged", "It is cut short."));
  assert.equal(await added, null);
  assert.deepEqual(conversation.panel.refusals, []);
});

Deno.test("stored() waits until all pictures given so far are attached, in their order", async () => {
  const { attachments, add, names } = start();
  const slow = deferred<ReturnType<typeof picture>>();
  void attachments.add({ store: () => slow.promise, origin: null });
  void add("b");
  const stored = attachments.stored();
  assert.deepEqual(names(), []);
  slow.resolve(picture("a"));
  await stored;
  assert.deepEqual(names(), ["a.png", "b.png"]);
});

Deno.test("pictures and recordings keep their order, and stored() waits for both", async () => {
  const { attachments, add, names, desk, reads } = start();
  const slow = deferred<ReturnType<typeof picture>>();
  void attachments.add({ store: () => slow.promise, origin: null });
  const added = attachments.add({ store: () => Promise.resolve(source("f")), origin: null });
  void add("b");
  const stored = attachments.stored();
  slow.resolve(picture("a"));
  const methods: string[] = [];
  for (let count = 0; count < 3; count++) {
    const request = await desk.take();
    methods.push(request.method);
    if (request.method === "sightline/videoLimits") request.resolve({ maxGroups: 36 });
  }
  assert.deepEqual(names(), ["a.png", "f.webm", "b.png"]);
  assert.deepEqual(methods.sort(), [
    ...["sightline/inspectPicture", "sightline/inspectPicture", "sightline/videoLimits"],
  ]);
  await new Promise<void>((resolve) => setTimeout(resolve));
  reads[0]?.resolve(video("f.webm", "12"));
  (await desk.take()).resolve(videoReceipt(video("f.webm", "12")));
  assert.equal(await stored, true);
  assert.notEqual(await added, null);
});

Deno.test("stored() says when something was refused while it waited, and only then", async () => {
  const { attachments } = start();
  const failing = deferred<ReturnType<typeof picture>>();
  void attachments.add({ store: () => failing.promise, origin: null });
  const stored = attachments.stored();
  failing.reject(new Failure("picture-empty", "It is empty.", { subject: "b.png" }));
  assert.equal(await stored, false);
  assert.equal(await attachments.stored(), true);
});
