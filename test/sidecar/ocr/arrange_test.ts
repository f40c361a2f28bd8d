import assert from "node:assert/strict";
import type { Point, TextLine } from "../../../protocol/conversation.ts";
import { arrange } from "../../../sidecar/ocr/arrange.ts";

const HEIGHT = 20;
const CHARACTER = 10;

function line(text: string, x: number, y: number): TextLine {
  const right = x + text.length * CHARACTER, bottom = y + HEIGHT;
  return { text, confidence: 1, box: [[x, y], [right, y], [right, bottom], [x, bottom]] };
}

/** Lines below each other. */
function column(x: number, y: number, pitch: number, ...texts: string[]): TextLine[] {
  return texts.map((text, i) => line(text, x, y + i * pitch));
}

/** The same lines in an order that says nothing. */
function shuffled(lines: readonly TextLine[]): TextLine[] {
  return lines.map((line, i) => ({ line, key: (i * 7919) % 101 })).sort((a, b) => a.key - b.key).map((
    { line },
  ) => line);
}

const textOf = (...lines: TextLine[]) => arrange(shuffled(lines)).text;

const PROSE = [
  "the quick brown fox jumps over",
  "the lazy dog and runs away to",
  "the woods where it sleeps well",
];
const MORE = [
  "a second column of text stands",
  "on the right and is to be read",
  "after the first one has ended.",
];

Deno.test("arrange() gives nothing for nothing", () =>
  assert.deepEqual(arrange([]), { text: "", lines: [] }));

Deno.test("arrange() reads lines from top to bottom, and blocks with a blank line between", () => {
  const lines = [...column(10, 10, 24, "one", "two"), ...column(10, 100, 24, "three", "four")];
  assert.equal(textOf(...lines), "one\ntwo\n\nthree\nfour");
});

Deno.test("arrange() joins pieces of one line by a space", () => {
  const { text, lines } = arrange([line("world", 72, 11), line("hello", 10, 10)]);
  assert.equal(text, "hello world");
  assert.deepEqual(lines[0]?.box, [[10, 10], [122, 11], [122, 31], [10, 30]]);
  assert.equal(lines.length, 1);
});

Deno.test("arrange() keeps pieces of a row that are far apart as lines of their own", () => {
  const { text, lines } = arrange([line("right", 300, 10), line("left", 10, 10)]);
  assert.equal(text, "left        right");
  assert.deepEqual(lines.map(({ text }) => text), ["left", "right"]);
});

Deno.test("arrange() reads a page column by column, its title first and its foot last", () => {
  const text = textOf(
    line("a title across both columns of the page and more", 60, 10),
    ...column(10, 60, 24, ...PROSE),
    ...column(360, 60, 24, ...MORE),
    line("a foot across both columns of the page and more", 60, 160),
  );
  const lines = text.split("\n").filter((line) => line !== "");
  assert.deepEqual(lines.slice(1, -1), [...PROSE, ...MORE]);
  assert.ok(lines[0]?.startsWith("a title") && lines.at(-1)?.startsWith("a foot"));
});

Deno.test("arrange() reads columns of different length and pitch to their ends", () => {
  const right = column(360, 65, 31, ...MORE, "and goes on");
  assert.equal(
    textOf(...column(10, 60, 24, ...PROSE), ...right),
    `${PROSE.join("\n")}\n\n${MORE.join("\n")}\nand goes on`,
  );
});

Deno.test("arrange() reads three columns", () => {
  const text = textOf(
    ...column(10, 60, 24, ...PROSE),
    ...column(360, 60, 24, ...MORE),
    ...column(710, 60, 24, ...PROSE.map((text) => text.toUpperCase())),
  );
  assert.equal(
    text,
    [PROSE, MORE, PROSE.map((text) => text.toUpperCase())].map((texts) => texts.join("\n")).join("\n\n"),
  );
});

Deno.test("arrange() reads a table row by row", () => {
  const rows = ["1047", "1048", "1049", "1050"];
  const names = ["Alder", "Kettle", "Corvid", "Dune"];
  const totals = ["418.50", "72.00", "1290.00", "305.25"];
  const { lines } = arrange(shuffled([
    ...column(10, 10, 30, ...rows),
    ...column(120, 10, 30, ...names),
    ...column(300, 10, 30, ...totals),
  ]));
  assert.deepEqual(lines.map(({ text }) => text), rows.flatMap((row, i) => [row, names[i], totals[i]]));
});

Deno.test("arrange() keeps line numbers beside their code", () => {
  const text = textOf(
    ...column(10, 10, 24, "1", "2", "3", "4"),
    line("function add(first, second) {", 60, 10),
    line("return first + second;", 80, 34),
    line("}", 60, 58),
  );
  assert.deepEqual(text.split("\n").map((line) => line.replace(/\s+/g, " ")), [
    "1 function add(first, second) {",
    "2 return first + second;",
    "3 }",
    "4",
  ]);
});

Deno.test("arrange() reads labels of a drawing row by row", () => {
  const lines = [
    line("start", 10, 10),
    line("ask", 300, 90),
    line("answer", 10, 170),
    line("check", 300, 250),
  ];
  lines.push(line("store", 10, 330), line("end", 300, 410));
  assert.deepEqual(textOf(...lines).split("\n\n"), ["start", "ask", "answer", "check", "store", "end"]);
});

Deno.test("arrange() reads a turned page as if it were upright", () => {
  const upright = [...column(10, 60, 24, ...PROSE), ...column(360, 60, 24, ...MORE)];
  const expected = arrange(upright).text;
  for (const degrees of [-90, -8, 5, 90, 180]) {
    const angle = degrees * Math.PI / 180;
    const turn = ([x, y]: Point): Point => [
      x * Math.cos(angle) - y * Math.sin(angle),
      x * Math.sin(angle) + y * Math.cos(angle),
    ];
    const turned = upright.map((line) => ({
      ...line,
      box: line.box.map(turn) as unknown as TextLine["box"],
    }));
    assert.equal(arrange(shuffled(turned)).text, expected, `${degrees}°`);
  }
});

Deno.test("arrange() is not confused by a label that runs up the side", () => {
  const label: TextLine = { text: "Tickets", confidence: 1, box: [[5, 150], [5, 60], [25, 60], [25, 150]] };
  const { lines } = arrange([...column(100, 10, 24, ...PROSE, ...MORE), label]);
  assert.deepEqual(lines.map(({ text }) => text).filter((text) => text !== "Tickets"), [...PROSE, ...MORE]);
});
