import assert from "node:assert/strict";
import { StopStrings } from "../../../sidecar/text/stop_strings.ts";

/** The text that comes out, which must not depend on how it was cut into pieces. */
function stop(strings: readonly string[], text: string): { text: string; hasStopped: boolean } {
  const outcomes = Array.from({ length: text.length }, (_, i) => {
    const stops = new StopStrings(strings);
    let out = "";
    for (let at = 0; at < text.length; at += i + 1) out += stops.push(text.slice(at, at + i + 1));
    return { text: out + stops.flush(), hasStopped: stops.hasStopped };
  });
  for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
  return outcomes[0] as (typeof outcomes)[0];
}

Deno.test("StopStrings ends a text before the first string, wherever the pieces break", () => {
  assert.deepEqual(stop(["END"], "one two END three END"), { text: "one two ", hasStopped: true });
  assert.deepEqual(stop(["\n\n", "END"], "one\ntwo\n\nEND"), { text: "one\ntwo", hasStopped: true });
  assert.deepEqual(stop(["aab"], "aaab"), { text: "a", hasStopped: true });
});

Deno.test("StopStrings gives the whole text when none of the strings comes", () => {
  assert.deepEqual(stop(["END", "."], "one EN two E"), { text: "one EN two E", hasStopped: false });
  assert.deepEqual(stop([], "one"), { text: "one", hasStopped: false });
  assert.deepEqual(stop([""], "one"), { text: "one", hasStopped: false });
});

Deno.test("StopStrings holds back no more than what may begin one of the strings", () => {
  const stops = new StopStrings(["<end>"]);
  assert.equal(stops.push("a <en"), "a ");
  assert.equal(stops.push("try"), "<entry");
  assert.equal(stops.push("<end>more"), "");
  assert.equal(stops.push("even more"), "");
});
