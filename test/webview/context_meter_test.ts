import assert from "node:assert/strict";
import { contextLine, contextSentence, contextUse, fullness } from "../../webview/context_meter.ts";
import { translator } from "../../webview/texts.ts";
import { MODEL, NUMBERS, panel, picture, RECEIPT, turn } from "./panel_states.ts";

const DONE = turn("1", { text: "x", state: { kind: "done", numbers: NUMBERS } });

Deno.test("contextUse() takes what the sidecar computed before anything else", () => {
  const need = { tokenCount: 1700, contextLength: 32768 };
  assert.equal(contextUse(panel({ turns: [DONE], need })), need);
});

Deno.test("contextUse() adds the receipts of attached pictures to what the last answer left", () => {
  const attachments = [picture("a", { receipt: RECEIPT }), picture("b")];
  assert.deepEqual(
    contextUse(panel({ turns: [DONE, turn("2", { state: { kind: "stopped" } })], attachments })),
    {
      tokenCount: 988 + 640,
      contextLength: 4096,
    },
  );
  assert.deepEqual(contextUse(panel({ attachments })), { tokenCount: 640, contextLength: 4096 });
});

Deno.test("contextUse() says nothing when nothing is used or the model is not known", () => {
  assert.equal(contextUse(panel()), null);
  assert.equal(contextUse(panel({ model: null, attachments: [picture("a", { receipt: RECEIPT })] })), null);
  assert.equal(contextUse(panel({ model: null, turns: [DONE] }))?.contextLength, 4096);
  assert.equal(MODEL.contextLength, 4096);
});

Deno.test("contextLine() is short, and the sentence exact", () => {
  const line = (tokenCount: number, contextLength: number) => contextLine({ tokenCount, contextLength });
  assert.equal(line(1200, 32768), "1.2k / 32k");
  assert.equal(line(640, 4096), "640 / 4k");
  assert.equal(line(123_456, 131_072), "123k / 128k");
  assert.equal(line(3000, 40_960), "3.0k / 40k");
  assert.equal(
    contextSentence({ tokenCount: 1024, contextLength: 4096 }, translator({})),
    "1024 of 4096 tokens of the context are used, 25 %",
  );
});

Deno.test("fullness() warns before the context is full", () => {
  const level = (tokenCount: number) => fullness({ tokenCount, contextLength: 1000 }).level;
  assert.deepEqual([level(0), level(849), level(850), level(1000), level(2000)], [
    "roomy",
    "roomy",
    "nearly-full",
    "full",
    "full",
  ]);
  assert.equal(fullness({ tokenCount: 2000, contextLength: 1000 }).share, 1);
});
