import assert from "node:assert/strict";
import { Detokenizer } from "../../../sidecar/text/detokenizer.ts";
import { nanoPrompts } from "../../support/nano_prompts.ts";

const { tokenizer } = await nanoPrompts();

Deno.test("Detokenizer gives back every text, whole characters only", () => {
  for (const text of ["Grüße, 世界! 👩‍👩‍👧 é naïve", "a\tb\r\n  c", "𝕏 = ½ · ∑"]) {
    const detokenizer = new Detokenizer(tokenizer);
    const ids = tokenizer.encode(text);
    assert.ok(ids.length > [...text].length / 3);
    const pieces = ids.map((id) => detokenizer.push(id));
    pieces.push(detokenizer.flush());
    assert.equal(pieces.join(""), text);
    assert.ok(pieces.every((piece) => !piece.includes("\ufffd")), JSON.stringify(pieces));
  }
});

Deno.test("Detokenizer holds back a character of several tokens until it is complete", () => {
  const ids = tokenizer.encode("👩");
  assert.ok(ids.length > 1, "the vocabulary must spell this character in bytes");
  const detokenizer = new Detokenizer(tokenizer);
  const pieces = ids.map((id) => detokenizer.push(id));
  assert.deepEqual(pieces, [...ids.slice(1).map(() => ""), "👩"]);
  assert.equal(detokenizer.flush(), "");
});

Deno.test("Detokenizer shows broken bytes rather than waiting for ever", () => {
  const [lead] = tokenizer.encode("👩") as [number];
  const detokenizer = new Detokenizer(tokenizer);
  const pieces = Array.from({ length: 20 }, () => detokenizer.push(lead));
  assert.match(pieces.join(""), /^\ufffd{8,}$/);
  assert.equal((pieces.join("") + detokenizer.flush()).length, 20);
});

Deno.test("Detokenizer gives an unfinished character at the end", () => {
  const [lead] = tokenizer.encode("👩") as [number];
  const detokenizer = new Detokenizer(tokenizer);
  assert.equal(detokenizer.push(lead), "");
  assert.equal(detokenizer.flush(), "\ufffd");
});
