import assert from "node:assert/strict";
import { Alphabet } from "../../../sidecar/ocr/ctc.ts";

const CHARACTERS = "abcdefghijklmnopqrstuvwxyzINFOR0123456789.,:;()'\"`^~*“（：。中文";
const alphabet = new Alphabet([...CHARACTERS].join("\n"));

/** One step: characters with their probabilities; "_" is the blank. What is left goes to the blank. */
type Step = string | Record<string, number>;

function decode(...steps: Step[]) {
  const { classCount } = alphabet;
  const values = new Float32Array(steps.length * classCount);
  for (const [i, step] of steps.entries()) {
    const likely = typeof step === "string" ? { [step]: 0.95 } : step;
    values[i * classCount] = 0.01;
    for (const [character, probability] of Object.entries(likely)) {
      const index = character === "_"
        ? 0
        : character === " "
        ? classCount - 1
        : 1 + [...CHARACTERS].indexOf(character);
      values[i * classCount + index] = probability;
    }
  }
  return alphabet.decode(values);
}

const read = (...steps: Step[]) => decode(...steps).text;

Deno.test("Alphabet.decode() leaves out blanks and repetitions", () => {
  assert.equal(read("_", "a", "a", "_", "a", "b", "b", "_"), "aab");
});

Deno.test("Alphabet.decode() gives the mean probability of the characters", () => {
  const { confidence } = decode({ a: 0.9 }, "_", { b: 0.7 }, { b: 0.6 });
  assert.ok(Math.abs(confidence - 0.8) < 1e-6);
});

Deno.test("Alphabet.decode() gives nothing for blanks and spaces alone", () => {
  assert.deepEqual(decode("_", "_"), { text: "", confidence: 0 });
  assert.deepEqual(decode(" ", "_", " "), { text: "", confidence: 0 });
});

Deno.test("Alphabet.decode() finds spaces that are not the likeliest class", () => {
  assert.equal(read("a", { "_": 0.8, " ": 0.15 }, "b"), "a b");
  assert.equal(read("a", { "_": 0.9, " ": 0.03 }, "b"), "ab");
  assert.equal(read("a", " ", "_", " ", "b"), "a b");
});

Deno.test("Alphabet.decode() drops spaces at both ends", () => {
  assert.equal(read(" ", "a", "b", " "), "ab");
});

Deno.test("Alphabet.decode() wants plainer spaces where there seldom is one", () => {
  const doubtful = { "_": 0.6, " ": 0.3 };
  assert.equal(read("f", "(", doubtful, "x", doubtful, ")", doubtful, ";"), "f(x);");
  assert.equal(read("a", doubtful, ".", doubtful, "t", "s"), "a.ts");
  assert.equal(read("a", " ", ")"), "a )");
});

Deno.test("Alphabet.decode() puts a quotation mark to one side", () => {
  assert.equal(read("a", { " ": 0.4, "_": 0.5 }, "'", { " ": 0.2, "_": 0.7 }, "b"), "a 'b");
  assert.equal(read("a", " ", '"', " ", "b"), 'a " b');
});

Deno.test("Alphabet.decode() tells O from 0 by what stands around", () => {
  const zero = { "0": 0.8, "o": 0.1, "O": 0.05 };
  const letter = { "O": 0.5, "0": 0.4 };
  assert.equal(read("I", "N", "F", zero), "INFO");
  assert.equal(read("r", zero, "w"), "row");
  assert.equal(read("2", letter, "1"), "201");
  assert.equal(read("a", "1", zero), "a10");
  assert.equal(read("r", { "0": 0.999 }, "w"), "r0w");
});

Deno.test("Alphabet.decode() makes doubtful marks around a word one pair of quotes", () => {
  const opening = { "^": 0.5, '"': 0.1, "*": 0.1 };
  const closing = { '"': 0.3, "^": 0.2, "`": 0.1 };
  assert.equal(read("a", " ", opening, "b", "c", closing, ","), "a `bc`,");
  assert.equal(read("2", " ", "^", " ", "3"), "2 ^ 3");
});

Deno.test("Alphabet.decode() writes full-width and typographic marks plainly, except among Chinese", () => {
  assert.equal(read("f", "（", "a", "：", "“", "。"), 'f(a:".');
  assert.equal(read("中", "文", "：", "。"), "中文：。");
});
