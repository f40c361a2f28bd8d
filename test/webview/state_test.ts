import assert from "node:assert/strict";
import type { AnswerNumbers, PanelFailure, PanelState, ToPanel } from "../../protocol/panel.ts";
import { type PageState, reduce, workingTurn } from "../../webview/state.ts";
import { MODEL, NUMBERS, page, panel, picture, RECEIPT, turn } from "./panel_states.ts";

const FAILURE: PanelFailure = { kind: "internal", headline: "No answer.", message: "It broke.", actions: [] };
const REFUSAL = { id: "r1", failure: FAILURE };

function after(state: Partial<PanelState>, ...messages: readonly ToPanel[]): PanelState {
  const next = messages.reduce<PageState | null>(reduce, page(state));
  assert.ok(next !== null);
  return next.panel;
}

Deno.test("reduce() shows nothing before init", () => {
  assert.equal(reduce(null, { kind: "need", need: null }), null);
  const state = panel({ turns: [turn("1")] });
  assert.deepEqual(reduce(null, { kind: "init", state, texts: { Send: "Senden" } }), {
    panel: state,
    texts: { Send: "Senden" },
    files: new Map(),
    replacement: null,
    focusCount: 0,
  });
});

Deno.test("reduce() lets init replace everything", () => {
  const state = panel({ turns: [turn("2")] });
  assert.deepEqual(
    reduce(page({ turns: [turn("1")], refusals: [REFUSAL] }), { kind: "init", state, texts: {} })?.panel,
    state,
  );
});

Deno.test("reduce() collects what is known of files", () => {
  const first = reduce(page({}), { kind: "files", files: [{ path: "a.ts", file: "src/a.ts" }] });
  const second = reduce(first, { kind: "files", files: [{ path: "b.ts", file: null }] });
  assert.deepEqual(second?.files, new Map([["a.ts", "src/a.ts"], ["b.ts", null]]));
  assert.equal(second?.panel, first?.panel);
});

Deno.test("reduce() counts requests for the focus and changes nothing else", () => {
  const before = page({});
  const focused = reduce(reduce(before, { kind: "focus" }), { kind: "focus" });
  assert.equal(focused?.focusCount, 2);
  assert.equal(focused?.panel, before.panel);
});

Deno.test("reduce() adds, confirms and takes off attachments", () => {
  const added = after(
    {},
    { kind: "attached", attachment: picture("a") },
    { kind: "attached", attachment: picture("b") },
  );
  assert.deepEqual(added.attachments.map(({ id }) => id), ["a", "b"]);
  const confirmed = after(added, { kind: "attachment-confirmed", id: "b", receipt: RECEIPT });
  assert.deepEqual(confirmed.attachments.map(({ receipt }) => receipt), [null, RECEIPT]);
  assert.deepEqual(after(confirmed, { kind: "detached", id: "a" }).attachments.map(({ id }) => id), ["b"]);
  assert.deepEqual(after(confirmed, { kind: "detached", id: "gone" }).attachments, confirmed.attachments);
});

Deno.test("reduce() adds and dismisses refusals", () => {
  const refused = after({}, { kind: "refused", refusal: REFUSAL });
  assert.deepEqual(refused.refusals, [REFUSAL]);
  assert.deepEqual(after(refused, { kind: "refusal-dismissed", id: "r1" }).refusals, []);
});

Deno.test("reduce() follows a question from asked to done", () => {
  const numbers: AnswerNumbers = NUMBERS;
  const asked = after({}, { kind: "asked", turn: turn("1", { attachments: [picture("a"), picture("b")] }) });
  assert.equal(workingTurn(asked)?.id, "1");
  const staged = after(asked, { kind: "stage", turnId: "1", stage: "reading-text", done: 3, total: 12 });
  assert.deepEqual(staged.turns[0]?.state, { kind: "working", stage: "reading-text", done: 3, total: 12 });
  const seen = after(staged, { kind: "receipt", turnId: "1", pictureId: "b", receipt: RECEIPT });
  assert.deepEqual(seen.turns[0]?.question.attachments.map(({ receipt }) => receipt), [null, RECEIPT]);
  const thought = after(
    seen,
    { kind: "thinking", turnId: "1", text: "Hm", tokenCount: 1, elapsedMs: 0 },
    { kind: "thinking", turnId: "1", text: ", so", tokenCount: 3, elapsedMs: 250 },
  );
  assert.deepEqual(
    [thought.turns[0]?.thinking, thought.turns[0]?.thinkingTokenCount, thought.turns[0]?.thinkingMs],
    ["Hm, so", 3, 250],
  );
  const done = after(
    thought,
    { kind: "answer", turnId: "1", text: "It " },
    { kind: "answer", turnId: "1", text: "is." },
    { kind: "done", turnId: "1", numbers },
  );
  assert.equal(done.turns[0]?.text, "It is.");
  assert.deepEqual(done.turns[0]?.state, { kind: "done", numbers });
  assert.equal(workingTurn(done), undefined);
});

Deno.test("workingTurn() gives the one that is answered, not those that wait", () => {
  assert.equal(workingTurn(panel()), undefined);
  const turns = [turn("1", { state: { kind: "stopped" } }), turn("2"), turn("3")];
  assert.equal(workingTurn(panel({ turns }))?.id, "2");
});

Deno.test("reduce() keeps what was written when an answer fails or is stopped", () => {
  const writing = panel({ turns: [turn("1", { text: "It is" })] });
  const failed = after(writing, { kind: "failed", turnId: "1", failure: FAILURE }).turns[0];
  assert.deepEqual([failed?.text, failed?.state], ["It is", { kind: "failed", failure: FAILURE }]);
  const stopped = after(writing, { kind: "stopped", turnId: "1" }).turns[0];
  assert.deepEqual([stopped?.text, stopped?.state], ["It is", { kind: "stopped" }]);
});

Deno.test("reduce() lets nothing change an answer that has ended", () => {
  const stopped = panel({ turns: [turn("1", { text: "It", state: { kind: "stopped" } })] });
  const late: readonly ToPanel[] = [
    { kind: "stage", turnId: "1", stage: "generating", done: null, total: null },
    { kind: "thinking", turnId: "1", text: "x", tokenCount: 9, elapsedMs: 9 },
    { kind: "answer", turnId: "1", text: "x" },
    { kind: "done", turnId: "1", numbers: NUMBERS },
    { kind: "failed", turnId: "1", failure: FAILURE },
    { kind: "stopped", turnId: "1" },
  ];
  assert.deepEqual(after(stopped, ...late).turns, stopped.turns);
});

Deno.test("reduce() changes one turn and keeps the others as the same objects", () => {
  const before = panel({ turns: [turn("1", { state: { kind: "stopped" } }), turn("2")] });
  const next = after(before, { kind: "answer", turnId: "2", text: "x" });
  assert.equal(next.turns[0], before.turns[0]);
  assert.notEqual(next.turns[1], before.turns[1]);
  assert.equal(next.turns[1]?.question, before.turns[1]?.question);
});

Deno.test("reduce() shows other turns, another conversation, and what the next question takes", () => {
  const state = panel({ turns: [turn("1"), turn("2")], attachments: [picture("a")], refusals: [REFUSAL] });
  const others = after(state, { kind: "turns", turns: [turn("1"), turn("3")] });
  assert.deepEqual(others.turns.map(({ id }) => id), ["1", "3"]);
  assert.deepEqual(others.attachments, state.attachments);
  const need = { tokenCount: 700, contextLength: 4096 };
  assert.deepEqual(after(state, { kind: "need", need }).need, need);
  const draft = { text: "half a que", depth: "deep" } as const;
  const conversation = { id: "9", turns: [turn("9")], attachments: [], draft, refusals: [], need: null };
  const opened = after(state, { kind: "opened", conversation });
  assert.deepEqual(opened, { ...state, ...conversation });
  assert.deepEqual(after(state, { kind: "draft", draft }), { ...state, draft });
});

Deno.test("reduce() lets an answer go on that had ended", () => {
  const stopped = panel({ turns: [turn("1", { text: "It", state: { kind: "stopped" } })] });
  const next = after(
    stopped,
    { kind: "continued", turnId: "1" },
    { kind: "answer", turnId: "1", text: " is." },
  );
  assert.deepEqual([next.turns[0]?.text, next.turns[0]?.state.kind], ["It is.", "working"]);
});

Deno.test("reduce() shows what the engine does and which model answers", () => {
  const { engine, model } = after({ model: null }, { kind: "engine", engine: "busy", model: MODEL });
  assert.deepEqual([engine, model], ["busy", MODEL]);
});

Deno.test("reduce() refuses a message it does not know", () => {
  assert.throws(() => reduce(page({}), { kind: "new" } as unknown as ToPanel), TypeError);
});
