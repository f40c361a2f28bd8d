import assert from "node:assert/strict";
import type { ConversationRecord } from "../../extension/chat_turn.ts";
import { Conversation } from "../../extension/conversation.ts";
import { restore, save } from "../../extension/saved_conversation.ts";
import { pathTo } from "../../extension/turn_tree.ts";
import { NUMBERS } from "./support/numbers.ts";
import { picture, receipt } from "./support/pictures.ts";
import { file, video, videoReceipt } from "./support/recordings.ts";

/** A conversation with a turn in every state. */
function everything(addRecordings?: (conversation: Conversation) => void): Conversation {
  const conversation = new Conversation({ onEvent: () => {}, sourceOf: () => "" });
  conversation.attach(picture("a"), "file:///a.png");
  conversation.confirm(receipt(picture("a")));
  addRecordings?.(conversation);
  const done = conversation.ask("Done?", "deep");
  conversation.progress(done, { kind: "answer", text: "Yes.", tokenCount: 2 });
  conversation.finish(done, NUMBERS);
  conversation.stop(conversation.ask("Stopped?", "off"));
  conversation.fail(conversation.ask("Failed?", "off"), {
    kind: "out-of-memory",
    headline: "No.",
    message: "Because.",
    actions: ["retry"],
  });
  conversation.ask("In work?", "off");
  conversation.attach(picture("b"), null);
  return conversation;
}

/** A recording that was read, and one that is being read. */
function recordings(conversation: Conversation): void {
  const frames = video("r.webm", "12");
  const id = conversation.attachRecording("r.webm", "file:///r.webm");
  conversation.changeRecording(id, {
    file: file("f"),
    sampling: { fromS: 1, stillFrames: "drop" },
    video: frames,
    receipt: videoReceipt(frames),
    progress: null,
  });
}

/** What was written before there were recordings. */
function form2(): { form: 2; turns: unknown[]; attachments: unknown[]; lastId: string | null } {
  const { turns, attachments, lastId } = everything().record;
  const without = (list: typeof attachments) =>
    list.map((attachment) => ({ ...attachment, kind: undefined }));
  return JSON.parse(JSON.stringify({
    form: 2,
    lastId,
    attachments: without(attachments),
    turns: turns.map(({ question, ...turn }) => ({
      ...turn,
      question: { text: question.text, pictures: without(question.attachments) },
    })),
  }));
}

/** What version 0.1.0 wrote. */
function form1(): unknown {
  const { turns, attachments } = form2() as unknown as ConversationRecord;
  const before = { parentId: undefined, depth: undefined, answerTokenCount: undefined };
  const numbers = { ...NUMBERS, traceEnd: undefined, context: undefined };
  return JSON.parse(JSON.stringify({
    form: 1,
    attachments,
    turns: turns.map(({ depth, state, ...turn }) => ({
      ...turn,
      ...before,
      isThinking: depth !== "off",
      state: state.kind === "done" ? { kind: "done", numbers } : state,
    })),
  }));
}

Deno.test("restore() takes what an earlier version wrote", () => {
  const { turns = [], lastId } = restore(form1()) ?? {};
  assert.deepEqual(turns.map(({ depth }) => depth), ["deep", "off", "off", "off"]);
  assert.equal(pathTo(turns, lastId ?? null).length, 4);
  const numbers = turns[0]?.state.kind === "done" ? turns[0].state.numbers : undefined;
  assert.deepEqual([numbers?.traceEnd, numbers?.context, numbers?.answerTokenCount], [null, null, 3]);
});

Deno.test("restore() takes what was written before there were recordings", () => {
  const { turns = [], attachments = [] } = restore(form2()) ?? {};
  assert.deepEqual(turns[0]?.question.attachments[0]?.kind, "picture");
  assert.deepEqual([turns.length, attachments[0]?.kind, attachments.length], [4, "picture", 1]);
  assert.equal(
    restore({ ...form2(), turns: [{ ...form2().turns[0] as object, question: { text: "?" } }] }),
    null,
  );
});

Deno.test("restore() gives back recordings, and takes none that it would not write", () => {
  const conversation = everything(recordings);
  recordings(conversation);
  const good = JSON.parse(JSON.stringify(save(conversation.record)));
  assert.deepEqual(restore(good)?.attachments, conversation.record.attachments);
  assert.deepEqual(restore(good)?.turns[0]?.question, conversation.record.turns[0]?.question);
  const recording = good.attachments[1];
  assert.equal(recording.kind, "recording");
  const spoilt: readonly [what: string, change: object][] = [
    ["a format that is a path", { file: { ...file("f"), format: "/../../etc" } }],
    ["a hash that is a path", { file: { ...file("f"), sha256: "../x" } }],
    ["a frame's hash that is a path", {
      video: { ...recording.video, frames: [{ picture: { ...picture("b"), sha256: "../x" }, timeS: 0 }] },
    }],
    ["frames without times", { video: { ...recording.video, frames: [{ picture: picture("b") }] } }],
    ["a choice that there is not", { sampling: { packing: 7 } }],
    ["another kind", { kind: "sound" }],
    ["a receipt that is none", { receipt: {} }],
    ["no name", { name: undefined }],
  ];
  for (const [what, change] of spoilt) {
    assert.equal(restore({ ...good, attachments: [{ ...recording, ...change }] }), null, what);
  }
});

Deno.test("restore() gives back what was saved, with the answer in work as stopped", () => {
  const { record } = everything();
  const restored = restore(JSON.parse(JSON.stringify(save(record))));
  assert.deepEqual(restored?.attachments, record.attachments);
  assert.deepEqual(restored?.turns.slice(0, 3), record.turns.slice(0, 3));
  assert.deepEqual(restored?.turns[3], { ...record.turns[3], state: { kind: "stopped" } });
});

Deno.test("restore() takes nothing that this version does not write", () => {
  const good = JSON.parse(JSON.stringify(save(everything().record)));
  assert.notEqual(restore(good), null);
  const spoilt: readonly [what: string, value: unknown][] = [
    ["nothing", undefined],
    ["another form", { ...good, form: 0 }],
    ["a last turn that there is not", { ...good, lastId: "x" }],
    ["an unknown depth", { ...good, turns: [{ ...good.turns[0], depth: "abyss" }] }],
    ["a state of an earlier form", { ...(form1() as object), form: good.form }],
    ["no turns", { form: good.form, attachments: [] }],
    ["a turn without a question", { ...good, turns: [{ ...good.turns[0], question: null }] }],
    ["an unknown state", { ...good, turns: [{ ...good.turns[0], state: { kind: "dreaming" } }] }],
    ["numbers that are none", {
      ...good,
      turns: [{ ...good.turns[0], state: { kind: "done", numbers: {} } }],
    }],
    ["a hash that is a path", {
      ...good,
      attachments: [{ ...good.attachments[0], picture: { ...picture("b"), sha256: "../../etc/passwd" } }],
    }],
  ];
  for (const [what, value] of spoilt) assert.equal(restore(value), null, what);
});
