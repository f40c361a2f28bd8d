import assert from "node:assert/strict";
import { announcements } from "../../webview/announcements.ts";
import { translator } from "../../webview/texts.ts";
import { NUMBERS, panel, picture, RECEIPT, turn } from "./panel_states.ts";

const t = translator({});

/** What is said when the only turn changes. */
function said(
  before: Parameters<typeof turn>[1] | null,
  after: Parameters<typeof turn>[1],
): readonly string[] {
  return announcements(
    panel({ turns: before === null ? [] : [turn("1", before)] }),
    panel({ turns: [turn("1", after)] }),
    t,
  );
}

Deno.test("announcements() speaks sentences as they are completed", () => {
  assert.deepEqual(said({}, { text: "It is a dia" }), []);
  assert.deepEqual(said({ text: "It is a dia" }, { text: "It is a dialog. It" }), ["It is a dialog."]);
  assert.deepEqual(said({ text: "It is a dialog. It" }, { text: "It is a dialog. It has" }), []);
  assert.deepEqual(said({ text: "See a.ts" }, { text: "See a.ts:3 and **b**!\n" }), ["See a.ts:3 and b!"]);
});

Deno.test("announcements() speaks the rest and the token count at the end", () => {
  assert.deepEqual(
    said({ text: "One. Tw" }, { text: "One. Two", state: { kind: "done", numbers: NUMBERS } }),
    [
      ...["Two", "Answer finished, 148 tokens."],
    ],
  );
  const numbers = { ...NUMBERS, stopReason: "length" as const };
  assert.match(said({ text: "a" }, { text: "a", state: { kind: "done", numbers } }).at(-1) ?? "", /cut off/);
});

Deno.test("announcements() says each stage once, and that an answer was stopped", () => {
  const reading = (done: number) => ({ kind: "working", stage: "reading-text", done, total: 9 }) as const;
  assert.deepEqual(said({}, { state: reading(1) }), ["reading text …"]);
  assert.deepEqual(said({ state: reading(1) }, { state: reading(2) }), []);
  assert.deepEqual(said({}, { state: { kind: "stopped" } }), ["The answer was stopped."]);
});

Deno.test("announcements() leaves failures to their alerts and old answers unspoken", () => {
  const failure = { kind: "internal", headline: "a", message: "b", actions: [] } as const;
  assert.deepEqual(said({}, { state: { kind: "failed", failure } }), []);
  assert.deepEqual(said(null, { text: "Old. Words.", state: { kind: "done", numbers: NUMBERS } }), []);
});

Deno.test("announcements() names attached pictures and their receipts", () => {
  const added = panel({ attachments: [picture("a")] });
  assert.deepEqual(announcements(panel(), added, t), ["a.png was added."]);
  assert.deepEqual(announcements(added, panel({ attachments: [picture("a", { receipt: RECEIPT })] }), t), [
    "a.png: 1920 by 1080 pixels, seen in 3 by 3 slices and an overview, 640 tokens.",
  ]);
});
