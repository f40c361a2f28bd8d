// Nano's recorded answers, token for token: the whole way from a picture file to text, in float32.

import assert from "node:assert/strict";
import { EngineBench } from "../support/engine.ts";
import { nanoExamples, pictureOf } from "../support/nano.ts";

Deno.test("Engine gives Nano's recorded answers", async (t) => {
  await using bench = await EngineBench.open();
  const examples = nanoExamples();
  assert.equal(examples.length, 8);
  assert.ok(examples.some(({ thinking }) => thinking) && examples.some(({ thinking }) => !thinking));
  for (const example of examples) {
    await t.step(`${example.image}, thinking ${example.thinking ? "on" : "off"}`, async () => {
      bench.reader.lines = example.ocr;
      const picture = await bench.store.addFile(pictureOf(example));
      const { result, progress } = await bench.ask([picture], example.instruction, {
        thinking: example.thinking,
      });
      assert.deepEqual(result.promptTokenIds, example.input_ids);
      assert.deepEqual(result.tokenIds, example.output_ids);
      assert.equal(result.stopReason, "end");
      assert.equal(result.pictures[0]?.sliceCount, example.slices);
      assert.deepEqual(result.ocr?.[0]?.lines.map(({ text }) => text), example.ocr);

      const [, thinking = "", text] = /^(?:(.*?)\n*<\/think>\n*)?(.*?)<\|im_end\|>$/s.exec(example.output) ??
        [];
      assert.deepEqual([result.thinking, result.text], [thinking, text]);
      const streamed = (kind: "thinking" | "answer") =>
        progress.map((piece) => piece.kind === kind ? piece.text : "").join("");
      assert.deepEqual([streamed("thinking"), streamed("answer")], [thinking, text]);
    });
  }
  assert.equal(bench.reader.count, examples.length);
});
