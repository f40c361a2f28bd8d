import assert from "node:assert/strict";
import { Conversation, type ConversationEvent } from "../../extension/conversation.ts";
import type { PanelFailure } from "../../protocol/panel.ts";
import { NUMBERS } from "./support/numbers.ts";
import { picture, receipt } from "./support/pictures.ts";

const FAILURE: PanelFailure = { kind: "internal", headline: "No.", message: "Because.", actions: ["retry"] };

/** A conversation, what it told, and a clock that goes on by 100 ms each time it is read. */
function start() {
  const events: ConversationEvent[] = [];
  let nowMs = 0;
  const conversation = new Conversation({
    onEvent: (event) => events.push(event),
    sourceOf: ({ picture: { sha256 } }) => `view:${sha256[0]}`,
    now: () => nowMs += 100,
  });
  const kinds = () => events.map(({ kind }) => kind);
  return { conversation, events, kinds };
}

Deno.test("ask() takes the attached pictures along", () => {
  const { conversation, kinds } = start();
  const id = conversation.attach(picture("a"), "file:///a.png");
  conversation.confirm(receipt(picture("a")));
  const turnId = conversation.ask("What is it?", "off");
  assert.deepEqual(kinds(), ["attached", "attachment-confirmed", "detached", "asked"]);
  assert.deepEqual(conversation.panel.attachments, []);
  assert.deepEqual(conversation.turn(turnId)?.question.attachments.map(({ id }) => id), [id]);
  const [shown] = conversation.panel.turns[0]?.question.attachments ?? [];
  assert.equal(shown?.kind === "picture" ? shown.source : undefined, "view:a");
});

Deno.test("ask() leaves pictures that are not meant where they are", () => {
  const { conversation } = start();
  const mine = conversation.attach(picture("a"), null);
  conversation.attach(picture("b"), null);
  conversation.ask("Explain this image.", "off", [mine]);
  assert.deepEqual(conversation.panel.attachments.map(({ name }) => name), ["b.png"]);
});

Deno.test("confirm() reaches a picture that was asked about before it was confirmed", () => {
  const { conversation, events } = start();
  const pictureId = conversation.attach(picture("a"), null);
  const turnId = conversation.ask("?", "off");
  const confirmed = receipt(picture("a"));
  conversation.confirm(confirmed);
  assert.deepEqual(events.at(-1), { kind: "receipt", turnId, pictureId, receipt: confirmed });
  conversation.confirm(confirmed);
  assert.equal(events.filter(({ kind }) => kind === "receipt").length, 1, "it was told twice");
});

Deno.test("progress() appends pieces and measures the thinking", () => {
  const { conversation, events } = start();
  const turnId = conversation.ask("?", "deep");
  conversation.progress(turnId, { kind: "stage", stage: "prefill", done: 1, total: 2 });
  conversation.progress(turnId, { kind: "thinking", text: "Hm", tokenCount: 1 });
  conversation.progress(turnId, { kind: "thinking", text: "m.", tokenCount: 2 });
  conversation.progress(turnId, { kind: "answer", text: "A ", tokenCount: 1 });
  conversation.progress(turnId, { kind: "answer", text: "cat.", tokenCount: 2 });
  conversation.finish(turnId, NUMBERS);
  const { thinking, thinkingTokenCount, thinkingMs, text, state } = conversation.panel.turns[0] ?? {};
  assert.deepEqual([thinking, thinkingTokenCount, text], ["Hmm.", 2, "A cat."]);
  assert.deepEqual(state, { kind: "done", numbers: NUMBERS });
  assert.ok(thinkingMs !== undefined && thinkingMs > 0);
  const told = events.flatMap((event) => event.kind === "answer" ? [event.text] : []);
  assert.deepEqual(told, ["A ", "cat."]);
});

Deno.test("an answer ends once, and what comes later is dropped", () => {
  const { conversation, kinds } = start();
  const turnId = conversation.ask("?", "off");
  conversation.progress(turnId, { kind: "answer", text: "Half", tokenCount: 1 });
  conversation.stop(turnId);
  conversation.progress(turnId, { kind: "answer", text: " and more", tokenCount: 2 });
  conversation.fail(turnId, FAILURE);
  conversation.finish(turnId, NUMBERS);
  assert.deepEqual(kinds(), ["asked", "answer", "stopped"]);
  assert.equal(conversation.turn(turnId)?.text, "Half");
});

Deno.test("askAgain() puts the question with its pictures to the end", () => {
  const { conversation, kinds } = start();
  conversation.attach(picture("a"), null);
  const first = conversation.ask("First?", "deep");
  assert.equal(conversation.askAgain(first), undefined, "it is still in work");
  conversation.fail(first, FAILURE);
  conversation.stop(conversation.ask("Second?", "off"));
  const again = conversation.askAgain(first);
  assert.deepEqual(conversation.panel.turns.map(({ question }) => question.text), ["Second?", "First?"]);
  assert.equal(conversation.turn(again ?? "")?.depth, "deep");
  assert.equal(conversation.turn(again ?? "")?.question.attachments.length, 1);
  assert.equal(kinds().at(-1), "turns");
});

/** A conversation of answered questions. */
function answered(...questions: readonly string[]) {
  const started = start();
  const { conversation } = started;
  const answer = (id: string): string => {
    conversation.progress(id, { kind: "answer", text: "Yes.", tokenCount: 1 });
    conversation.finish(id, NUMBERS);
    return id;
  };
  const ids = questions.map((question) => answer(conversation.ask(question, "off")));
  const shown = () =>
    conversation.panel.turns.map(({ question, version }) =>
      `${question.text} ${version.position}/${version.count}`
    );
  return { ...started, ids, answer, shown };
}

Deno.test("edit() asks in other words from there on, and what came after stays reachable", () => {
  const { conversation, ids: [first = "", second = ""], answer, shown } = answered("A?", "B?", "C?");
  const other = conversation.edit(second, "B2?") ?? "";
  assert.deepEqual(shown(), ["A? 1/1", "B2? 2/2"]);
  assert.equal(conversation.edit(first, "A2?"), undefined, "an answer is in work");
  conversation.showVersion(other, 1);
  assert.deepEqual(shown(), ["A? 1/1", "B2? 2/2"], "an answer is in work");
  answer(other);
  answer(conversation.ask("D?", "off"));
  assert.deepEqual(shown(), ["A? 1/1", "B2? 2/2", "D? 1/1"]);
  conversation.showVersion(other, 1);
  assert.deepEqual(shown(), ["A? 1/1", "B? 1/2", "C? 1/1"]);
  conversation.showVersion(second, 2);
  assert.deepEqual(shown(), ["A? 1/1", "B2? 2/2", "D? 1/1"]);
  conversation.showVersion(second, 3);
  assert.deepEqual(shown(), ["A? 1/1", "B2? 2/2", "D? 1/1"], "there is no third");
});

Deno.test("askAgain() keeps an answer at the end as another version", () => {
  const { conversation, ids: [, second = ""], shown } = answered("A?", "B?");
  conversation.askAgain(second);
  assert.deepEqual(shown(), ["A? 1/1", "B? 2/2"]);
});

Deno.test("goOn() lets the last answer go on, and counts its thinking on", () => {
  const { conversation, events } = start();
  const id = conversation.ask("?", "deep");
  assert.equal(conversation.goOn(id), false, "it is still in work");
  conversation.stop(id);
  assert.equal(conversation.goOn(id), false, "there is nothing to go on from");
  const next = conversation.ask("?", "deep");
  conversation.progress(next, { kind: "thinking", text: "H", tokenCount: 1 });
  conversation.progress(next, { kind: "thinking", text: "m", tokenCount: 2 });
  conversation.stop(next);
  const thinkingMs = conversation.turn(next)?.thinkingMs ?? 0;
  assert.equal(conversation.goOn(next), true);
  assert.deepEqual(events.at(-1), { kind: "continued", turnId: next });
  conversation.progress(next, { kind: "thinking", text: ".", tokenCount: 3 });
  const turn = conversation.turn(next);
  assert.deepEqual([turn?.thinking, turn?.thinkingTokenCount], ["Hm.", 3]);
  assert.ok((turn?.thinkingMs ?? 0) >= thinkingMs && thinkingMs > 0);
});

Deno.test("refuse() shows a failure until it is dismissed", () => {
  const { conversation, events } = start();
  conversation.refuse(FAILURE);
  const [refusal] = conversation.panel.refusals;
  assert.deepEqual(refusal?.failure, FAILURE);
  conversation.dismissRefusal("unknown");
  conversation.dismissRefusals();
  assert.deepEqual(conversation.panel.refusals, []);
  assert.deepEqual(events.map(({ kind }) => kind), ["refused", "refusal-dismissed"]);
});

Deno.test("a question that is asked again may leave old pictures out, and the page is told which", () => {
  const { conversation, events } = start();
  const first = conversation.ask("?", "off");
  conversation.fail(first, { ...FAILURE, kind: "context-full" });
  const again = conversation.askAgain(first, { dropsOldPictures: true }) ?? "";
  assert.equal(conversation.turn(again)?.dropsOldPictures, true);
  const parts = [{ kind: "picture" as const, name: "a.png", tokenCount: 64 }];
  conversation.progress(again, { kind: "left-out", parts });
  assert.deepEqual(events.at(-1), { kind: "left-out", turnId: again, parts });
  assert.deepEqual(conversation.panel.turns[0]?.leftOut, parts);
});
