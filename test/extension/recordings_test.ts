import assert from "node:assert/strict";
import type { ConversationRecord } from "../../extension/chat_turn.ts";
import { Conversation, type ConversationEvent } from "../../extension/conversation.ts";
import { Failure } from "../../protocol/errors.ts";
import type { PanelRecording } from "../../protocol/recording_messages.ts";
import { RequestDesk } from "./support/fake_sidecar.ts";
import { source, testRecordings, video, videoReceipt } from "./support/recordings.ts";

/** Waits until everything that is due has been done. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

function start(record?: ConversationRecord) {
  const events: ConversationEvent[] = [];
  const desk = new RequestDesk();
  const conversation: Conversation = new Conversation({
    onEvent: (event) => {
      events.push(event);
      if (event.kind === "detached") made.recordings.stopUnwanted();
    },
    sourceOf: ({ picture }) => `view:${picture.sha256[0]}`,
  }, record);
  const made = testRecordings(conversation, desk.request);
  const shown = () => conversation.panel.attachments[0] as PanelRecording | undefined;
  /** Answers what is asked before a reading, and gives the reading. */
  const nextRead = async () => {
    (await desk.take()).resolve({ maxGroups: 36 });
    await settle();
    const last = made.reads.at(-1);
    assert.ok(last !== undefined, "nothing was read");
    return last;
  };
  /** Reads frames named by characters, and has them confirmed. */
  const read = async (characters: string) => {
    const frames = video("a.webm", characters);
    (await nextRead()).resolve(frames);
    const request = await desk.take();
    assert.equal(request.method, "sightline/inspectVideo");
    request.resolve(videoReceipt(frames));
    await settle();
  };
  return { ...made, events, desk, conversation, shown, nextRead, read };
}

Deno.test("a recording is copied, read and confirmed, and says how far it is", async () => {
  const { recordings, conversation, events, shown, desk, nextRead } = start();
  const id = recordings.begin(source("f"));
  assert.deepEqual(shown()?.progress, { stage: "copying", share: null });
  assert.equal(shown()?.file, null);
  const ready = recordings.isReady(id);
  const { fileName, options, watch, resolve } = await nextRead();
  assert.equal(fileName, `${"f".repeat(64)}.webm`);
  assert.deepEqual([options.maxGroups, options.name], [36, "f.webm"]);
  watch.onProgress?.({ stage: "taking", done: 1, total: 4 });
  assert.deepEqual(events.at(-1), {
    kind: "recording-progress",
    id,
    progress: { stage: "taking", share: 0.25 },
  });
  resolve(video("f.webm", "12"));
  (await desk.take()).resolve(videoReceipt(video("f.webm", "12")));
  assert.equal(await ready, true);
  assert.deepEqual(shown()?.frames, [{ source: "view:1", timeS: 0 }, { source: "view:2", timeS: 1 }]);
  assert.equal(shown()?.receipt?.tokenCount, 128);
  assert.equal(shown()?.progress, null);
  assert.deepEqual(conversation.panel.refusals, []);
});

Deno.test("what cannot be read is taken off and refused with the reason", async () => {
  const { recordings, conversation, nextRead } = start();
  const id = recordings.begin(source("f"));
  const settled = recordings.settled();
  const message =
    'Cannot use video "f.webm": video files cannot be read on windows yet. Give an animated GIF.';
  (await nextRead()).reject(new Failure("video-format-unsupported", message, { subject: "f.webm" }));
  assert.equal(await settled, false, "a question would go without it");
  assert.equal(await recordings.isReady(id), false);
  assert.deepEqual(conversation.panel.attachments, []);
  assert.deepEqual(conversation.panel.refusals.map(({ failure }) => failure.message), [message]);
});

Deno.test("taking a recording off stops its reading, and that is nobody's failure", async () => {
  const { recordings, conversation, nextRead } = start();
  const id = recordings.begin(source("f"));
  const settled = recordings.settled();
  const { watch } = await nextRead();
  conversation.detach(id);
  assert.equal(watch.signal?.aborted, true);
  assert.equal(await settled, true);
  assert.deepEqual(conversation.panel.refusals, []);
});

Deno.test("other choices are read anew, the last one alone, and earlier frames stay until then", async () => {
  const { recordings, shown, reads, desk, read } = start();
  const id = recordings.begin(source("f"));
  await read("123");
  recordings.change(id, { fromS: 1 });
  recordings.change(id, { fromS: 2, packing: 3 });
  assert.equal(shown()?.frames.length, 3);
  assert.deepEqual(shown()?.sampling, { fromS: 2, packing: 3 });
  await read("3");
  assert.deepEqual(reads.map(({ options }) => options.sampling), [{}, { fromS: 2, packing: 3 }]);
  assert.deepEqual([shown()?.frames.length, shown()?.progress], [1, null]);
  assert.equal(desk.waitingCount, 0);
});

Deno.test("a choice that cannot be read is told, and taken back", async () => {
  const { recordings, conversation, shown, read, nextRead } = start();
  const id = recordings.begin(source("f"));
  await read("123");
  recordings.change(id, { fromS: 1 });
  recordings.change(id, { fromS: 99 });
  (await nextRead()).reject(new Failure("video-range-empty", "It holds no frame."));
  await settle();
  assert.deepEqual(shown()?.sampling, {});
  assert.equal(shown()?.frames.length, 3);
  assert.equal(shown()?.progress, null);
  assert.equal(conversation.panel.refusals.length, 1);
});

Deno.test("resume() reads on what an earlier window had begun, and refuses what it had not copied", async () => {
  const before = start();
  before.recordings.begin(source("f"));
  await settle();
  before.conversation.attachRecording("lost.webm", null);
  before.recordings.stopAll();
  const after = start(before.conversation.record);
  after.recordings.resume();
  await after.read("12");
  assert.deepEqual(after.conversation.panel.attachments.map(({ name }) => name), ["f.webm"]);
  assert.equal(after.shown()?.receipt?.groupCount, 2);
  assert.match(after.conversation.panel.refusals[0]?.failure.message ?? "", /lost\.webm.*Add it again/);
});

Deno.test("use() takes frames anew that are gone, as long as the file is there", async () => {
  const { recordings, conversation, gone, read, nextRead } = start();
  const id = recordings.begin(source("f"));
  await read("12");
  const [recording] = conversation.record.attachments;
  assert.ok(recording?.kind === "recording");
  const { signal } = new AbortController();
  gone.add("2".repeat(64));
  const using = recordings.use([recording], signal);
  const again = await nextRead();
  assert.deepEqual(again.options.sampling, {});
  gone.clear();
  again.resolve(video("f.webm", "12"));
  assert.deepEqual(await using, new Set());
  gone.add("2".repeat(64)).add("f".repeat(64));
  assert.deepEqual(await recordings.use([recording], signal), new Set(["2".repeat(64)]));
  assert.equal(conversation.attachment(id)?.id, id);
});
