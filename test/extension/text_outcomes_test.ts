import assert from "node:assert/strict";
import { hasText, joinTexts, type PictureOutcome, summarize } from "../../extension/text_outcomes.ts";
import { english } from "./support/english.ts";

const READ: PictureOutcome = { kind: "read", name: "a.png", text: "Hello\nworld\n\n" };
const BLANK: PictureOutcome = { kind: "read", name: "blank.png", text: " \n" };
const FAILED: PictureOutcome = { kind: "failed", name: "b.png", reason: "It is empty." };
const STOPPED: PictureOutcome = { kind: "stopped", name: "c.png" };

Deno.test("joinTexts() is the bare text of one picture", () => {
  assert.equal(joinTexts([READ], 1, english), "Hello\nworld\n");
});

Deno.test("joinTexts() names every picture of several and says why one has no text", () => {
  assert.equal(
    joinTexts([READ, FAILED, BLANK, STOPPED], 4, english),
    [
      "# a.png\n\nHello\nworld\n",
      "# b.png\n\n(not read: It is empty.)\n",
      "# blank.png\n\n(no text found)\n",
      "# c.png\n\n(not read: stopped)\n",
    ].join("\n\n"),
  );
});

Deno.test("joinTexts() only grows while pictures are read", () => {
  const all = [READ, FAILED, BLANK, STOPPED];
  const whole = joinTexts(all, all.length, english);
  for (const [count] of all.entries()) {
    const part = joinTexts(all.slice(0, count + 1), all.length, english);
    assert.ok(whole.startsWith(part) && part.includes("# a.png"), part);
  }
});

Deno.test("hasText() does not count white space", () => {
  assert.equal(hasText([BLANK, FAILED, STOPPED]), false);
  assert.equal(hasText([BLANK, READ]), true);
});

Deno.test("summarize() says how it went", () => {
  const check = (outcomes: readonly PictureOutcome[], target: "editor" | "clipboard", expected: unknown) =>
    assert.deepEqual(summarize(outcomes, target, english), expected);
  check([READ], "editor", { loudness: "information", text: "The text of a.png is in a new editor." });
  check([READ, READ], "clipboard", {
    loudness: "information",
    text: "The text of 2 pictures is on the clipboard.",
  });
  check([BLANK], "editor", { loudness: "information", text: "No text was found in blank.png." });
  check([FAILED], "editor", { loudness: "error", text: "It is empty." });
  check([READ, FAILED], "editor", {
    loudness: "warning",
    text: "1 of 2 pictures could not be read. It is empty.",
  });
  check([STOPPED, STOPPED], "editor", null);
});
