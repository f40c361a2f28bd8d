import assert from "node:assert/strict";
import { ThinkingSplitter } from "../../../sidecar/text/thinking.ts";

/** Feeds pieces and joins what comes out, by kind. Checks that pieces come in order and none is empty. */
function split(isThinking: boolean, pieces: readonly string[]) {
  const splitter = new ThinkingSplitter(isThinking);
  const parts = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.flush()];
  const joined = { thinking: "", answer: "" };
  for (const { kind, text } of parts) {
    assert.notEqual(text, "");
    assert.ok(kind === "answer" || joined.answer === "", "thinking after the answer has begun");
    joined[kind] += text;
  }
  return joined;
}

/** The same text in pieces of every size must split alike. */
function check(text: string, expected: { thinking: string; answer: string }) {
  for (let size = 1; size <= text.length; size++) {
    const pieces = Array.from(
      { length: Math.ceil(text.length / size) },
      (_, i) => text.slice(i * size, (i + 1) * size),
    );
    assert.deepEqual(split(true, pieces), expected, `pieces of ${size}`);
  }
}

Deno.test("ThinkingSplitter splits at the tag, wherever the pieces break", () => {
  check("First this.\nThen that.\n</think>\n\nThe answer.\n\nMore.", {
    thinking: "First this.\nThen that.",
    answer: "The answer.\n\nMore.",
  });
});

Deno.test("ThinkingSplitter takes everything for thinking when the tag is missing", () => {
  check("Thinking on and on\n", { thinking: "Thinking on and on", answer: "" });
  check("It ends in </thin", { thinking: "It ends in </thin", answer: "" });
});

Deno.test("ThinkingSplitter takes a trace that is closed at once", () => {
  check("</think>\n\nYes.", { thinking: "", answer: "Yes." });
  check("\n</think>\n\nYes.", { thinking: "", answer: "Yes." });
  check("</think>", { thinking: "", answer: "" });
});

Deno.test("ThinkingSplitter is not misled by what only looks like the tag", () => {
  check("a < b, </thing> and </</think>\nDone", { thinking: "a < b, </thing> and </", answer: "Done" });
});

Deno.test("ThinkingSplitter splits at the first tag only", () => {
  check("a</think>b</think>c", { thinking: "a", answer: "b</think>c" });
});

Deno.test("ThinkingSplitter passes an answer through when there is no trace", () => {
  assert.deepEqual(split(false, ["\nYes", "</think>", "\n"]), { thinking: "", answer: "\nYes</think>\n" });
});

Deno.test("ThinkingSplitter gives text as soon as it is certain", () => {
  const splitter = new ThinkingSplitter(true);
  assert.deepEqual(splitter.push("Now"), [{ kind: "thinking", text: "Now" }]);
  assert.deepEqual(splitter.push(" <"), [{ kind: "thinking", text: " " }]);
  assert.deepEqual(splitter.push("b>"), [{ kind: "thinking", text: "<b>" }]);
  assert.deepEqual(splitter.push("</think>A"), [{ kind: "answer", text: "A" }]);
  assert.deepEqual(splitter.push("n"), [{ kind: "answer", text: "n" }]);
});

Deno.test("ThinkingSplitter ends the trace when told, and what was held back still belongs to it", () => {
  const splitter = new ThinkingSplitter(true);
  assert.deepEqual(splitter.push("So it is </thi"), [{ kind: "thinking", text: "So it is " }]);
  assert.deepEqual(splitter.closeTrace(), [{ kind: "thinking", text: "</thi" }]);
  assert.equal(splitter.isThinking, false);
  assert.deepEqual(splitter.push("\n\nYes"), [{ kind: "answer", text: "Yes" }]);
  assert.deepEqual(splitter.closeTrace(), [], "an end without a beginning is noise");
  assert.deepEqual(splitter.push("\nand no"), [{ kind: "answer", text: "\nand no" }]);
});

Deno.test("ThinkingSplitter keeps a trace that begins within an answer apart", () => {
  const splitter = new ThinkingSplitter(false);
  const pieces = [...splitter.push("First. ")];
  splitter.openTrace();
  pieces.push(...splitter.push("\nHm"), ...splitter.push("m.\n</think>\n\nSecond."));
  assert.deepEqual(pieces, [
    { kind: "answer", text: "First. " },
    { kind: "thinking", text: "Hm" },
    { kind: "thinking", text: "m." },
    { kind: "answer", text: "Second." },
  ]);
});
