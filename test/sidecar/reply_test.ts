// A reply of Nano's tokens, in which the tags are tokens of their own.

import assert from "node:assert/strict";
import { Reply } from "../../sidecar/reply.ts";
import { Tokenizer } from "../../sidecar/text/tokenizer.ts";
import { NANO } from "../support/places.ts";

const tokenizer = await Tokenizer.open(
  NANO,
  JSON.parse(await Deno.readTextFile(`${NANO}/tokenizer_config.json`)),
);

interface Told {
  readonly thinking: string;
  readonly text: string;
  readonly pieces: readonly { readonly kind: string; readonly text: string; readonly tokenCount: number }[];
}

/** Takes texts; a text in which `false` follows is taken as plain characters although it looks like a tag. */
function tell(
  ids: readonly number[],
  { isThinking = false, stopStrings = [] as readonly string[], isCut = false } = {},
): Told & { readonly reply: Reply } {
  const pieces: Told["pieces"][number][] = [];
  const reply = new Reply({ tokenizer, isThinking, stopStrings, onPiece: (piece) => pieces.push(piece) });
  for (const id of ids) {
    if (!reply.hasStopped) reply.push(id);
  }
  reply.finish(isCut);
  for (const kind of ["thinking", "answer"]) {
    const joined = pieces.filter((piece) => piece.kind === kind).map(({ text }) => text).join("");
    assert.equal(joined, kind === "thinking" ? reply.thinking : reply.text, "what was told is what there is");
  }
  return { thinking: reply.thinking, text: reply.text, pieces, reply };
}

const encode = (text: string) => tokenizer.encode(text);
/** A tag spelled out in characters. */
const spelled = (tag: string) => [...tag].flatMap((character) => encode(character));

Deno.test("Reply keeps trace and answer apart, whether the tag is one token, several, or missing", () => {
  const parts = { thinking: "Hm.", text: "Yes." };
  for (const tag of [encode("</think>"), spelled("</think>")]) {
    const { thinking, text } = tell([...encode("Hm.\n"), ...tag, ...encode("\n\nYes.")], {
      isThinking: true,
    });
    assert.deepEqual({ thinking, text }, parts);
  }
  const open = tell(encode("Hm. Yes."), { isThinking: true });
  assert.deepEqual([open.thinking, open.text], ["Hm. Yes.", ""]);
});

Deno.test("Reply leaves tags out that stand where there is no trace, but not what only quotes one", () => {
  const stray = tell([...encode("Yes"), ...encode("</think>"), ...encode(" and no.")]);
  assert.deepEqual([stray.thinking, stray.text], ["", "Yes and no."]);
  const quoted = tell([...encode("The tag "), ...spelled("</think>"), ...encode(" ends it.")]);
  assert.equal(quoted.text, "The tag </think> ends it.");
});

Deno.test("Reply takes a trace that the model opens by itself for a trace", () => {
  const ids = [...encode("<think>"), ...encode("\nHm.\n"), ...encode("</think>"), ...encode("\n\nYes.")];
  const { thinking, text } = tell(ids);
  assert.deepEqual({ thinking, text }, { thinking: "Hm.", text: "Yes." });
});

Deno.test("Reply counts the tokens of trace and answer", () => {
  const ids = [...encode("Hm hm hm."), ...encode("</think>"), ...encode("Yes.")];
  const { pieces, reply } = tell(ids, { isThinking: true });
  const counts = { thinking: 0, answer: 0, ...Object.fromEntries(pieces.map((p) => [p.kind, p.tokenCount])) };
  assert.equal(counts.thinking + counts.answer, ids.length);
  assert.equal(reply.traceLength, encode("Hm hm hm.").length + 1);
});

Deno.test("Reply ends before a stop string in the answer, and ignores those in the trace", () => {
  const ids = [...encode("STOP it."), ...encode("</think>"), ...encode("\n\nOne STOP two")];
  const { thinking, text, reply } = tell(ids, { isThinking: true, stopStrings: [" STOP"] });
  assert.deepEqual([thinking, text, reply.hasStopped], ["STOP it.", "One", true]);
});

Deno.test("Reply leaves half a character out when it was cut off, and shows it when it ended so", () => {
  const smile = encode("😀");
  assert.ok(smile.length > 1, "the test needs a character of several tokens");
  const half = [...encode("Hi "), ...smile.slice(0, -1)];
  assert.equal(tell(half, { isCut: true }).text, "Hi ");
  assert.match(tell(half).text, /^Hi \ufffd+$/);
});
