import assert from "node:assert/strict";
import { Conversation } from "../../extension/conversation.ts";
import { requestTurns } from "../../extension/request_turns.ts";
import type { UserPart } from "../../protocol/conversation.ts";
import { NUMBERS } from "./support/numbers.ts";
import { picture, receipt } from "./support/pictures.ts";
import { video, videoReceipt } from "./support/recordings.ts";

const nothingMissing = () => false;

function start() {
  const conversation = new Conversation({ onEvent: () => {}, sourceOf: () => "" });
  return {
    conversation,
    /** Asks about pictures that the sidecar has confirmed. */
    ask(text: string, ...names: readonly string[]): string {
      for (const name of names) conversation.attach(picture(name), null);
      for (const name of names) conversation.confirm(receipt(picture(name)));
      return conversation.ask(text, "off");
    },
    answer(turnId: string, text: string): void {
      conversation.progress(turnId, { kind: "answer", text, tokenCount: 1 });
    },
  };
}

/** What is sent, in short: pictures by their letter, then the text. */
function sent(
  conversation: Conversation,
  turnId: string,
  isMissing = nothingMissing as Parameters<typeof requestTurns>[2],
) {
  return requestTurns(conversation.record.turns, turnId, isMissing).map((turn) =>
    turn.role === "assistant" ? `< ${turn.text}` : `> ${turn.content.map(inShort).join(" ")}`
  );
}

function inShort(part: UserPart): string | undefined {
  switch (part.kind) {
    case "text":
      return part.text;
    case "picture":
      return part.picture.sha256[0];
    case "video":
      return `[${part.video.frames.map(({ picture }) => picture.sha256[0]).join("")}]`;
  }
}

Deno.test("requestTurns() sends pictures before their question, and answers between questions", () => {
  const { conversation, ask, answer } = start();
  const first = ask("What?", "a", "b");
  answer(first, "Cats.");
  conversation.finish(first, NUMBERS);
  const second = ask("Which?");
  assert.deepEqual(sent(conversation, second), ["> a b What?", "< Cats.", "> Which?"]);
  assert.deepEqual(sent(conversation, first), ["> a b What?", "< Cats."], "what was asked later is not sent");
});

Deno.test("requestTurns() leaves out a question without an answer and keeps its pictures", () => {
  const { conversation, ask } = start();
  conversation.stop(ask("What?", "a"));
  conversation.stop(ask("Hello?"));
  assert.deepEqual(sent(conversation, ask("And now?", "b")), ["> a b And now?"]);
});

Deno.test("requestTurns() sends the part of an answer that there is", () => {
  const { conversation, ask, answer } = start();
  const first = ask("What?", "a");
  answer(first, "A ca");
  conversation.stop(first);
  assert.deepEqual(sent(conversation, ask("Go on.")), ["> a What?", "< A ca", "> Go on."]);
});

Deno.test("requestTurns() ends with what there is of an answer that goes on, its trace included", () => {
  const { conversation, ask, answer } = start();
  const first = ask("What?", "a");
  conversation.progress(first, { kind: "thinking", text: "Hm.", tokenCount: 1 });
  const turns = () => requestTurns(conversation.record.turns, first, nothingMissing).slice(1);
  assert.deepEqual(turns(), [{ role: "assistant", text: "", thinking: "Hm." }]);
  answer(first, "A ca");
  assert.deepEqual(turns(), [{ role: "assistant", text: "A ca", thinking: "Hm." }]);
});

Deno.test("requestTurns() does not send again a picture that the sidecar never confirmed", () => {
  const { conversation, ask } = start();
  conversation.attach(picture("x"), null);
  const failed = conversation.ask("What?", "off");
  conversation.fail(failed, { kind: "picture-damaged", headline: "", message: "", actions: [] });
  assert.deepEqual(sent(conversation, ask("And now?")), ["> And now?"]);
});

Deno.test("requestTurns() sends the question's own pictures even unconfirmed, so that none is lost silently", () => {
  const { conversation } = start();
  conversation.attach(picture("x"), null);
  const turnId = conversation.ask("What?", "off");
  assert.deepEqual(sent(conversation, turnId, () => true), ["> x What?"]);
});

Deno.test("requestTurns() leaves out earlier pictures that are gone", () => {
  const { conversation, ask, answer } = start();
  const first = ask("What?", "a", "b");
  answer(first, "Cats.");
  conversation.finish(first, NUMBERS);
  const isMissing = ({ sha256 }: { sha256: string }) => sha256.startsWith("a");
  assert.deepEqual(sent(conversation, ask("Which?"), isMissing), ["> b What?", "< Cats.", "> Which?"]);
});

/** Attaches a recording whose frames are named by characters. */
function attachRecording(conversation: Conversation, characters: string): void {
  const id = conversation.attachRecording("r.webm", null);
  const frames = video("r.webm", characters);
  conversation.changeRecording(id, { video: frames, receipt: videoReceipt(frames), progress: null });
}

Deno.test("requestTurns() sends recordings and pictures in the order in which they were attached", () => {
  const { conversation, ask } = start();
  attachRecording(conversation, "12");
  assert.deepEqual(sent(conversation, ask("What?", "a")), ["> [12] a What?"]);
});

Deno.test("requestTurns() leaves out an earlier recording of which a frame is gone, but never the question's own", () => {
  const { conversation, ask, answer } = start();
  attachRecording(conversation, "12");
  const first = ask("What?");
  answer(first, "A film.");
  conversation.finish(first, NUMBERS);
  const isMissing = ({ sha256 }: { sha256: string }) => sha256.startsWith("2");
  attachRecording(conversation, "23");
  const second = ask("Which?");
  assert.deepEqual(sent(conversation, second), ["> [12] What?", "< A film.", "> [23] Which?"]);
  assert.deepEqual(sent(conversation, second, isMissing), ["> What?", "< A film.", "> [23] Which?"]);
});

Deno.test("a recording that was not read is not sent in silence", () => {
  const { conversation } = start();
  conversation.attachRecording("r.webm", null);
  const turnId = conversation.ask("What?", "off");
  assert.throws(() => sent(conversation, turnId), /was not read/);
});
