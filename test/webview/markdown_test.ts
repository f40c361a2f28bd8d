import assert from "node:assert/strict";
import { toCsv } from "../../webview/answer/csv.ts";
import type { Island } from "../../webview/answer/island.ts";
import { markdownRenderer, type Rendering } from "../../webview/markdown.ts";

const render = markdownRenderer();

function html(text: string): string {
  return render(text).blocks.map((block) => block.html).join("");
}

function islands(text: string): readonly Island[] {
  return render(text).blocks.flatMap((block) => block.islands);
}

const SAMPLE = `# Title

A paragraph of **two**
lines.

- one
- two
  - deeper

| a | b |
|:-:|--:|
| 1 | 2 |

\`\`\`ts
const x = 1;

const y = 2;
\`\`\`

> quoted

last
`;

Deno.test("render() shows HTML as text", () => {
  assert.equal(
    html("<script>alert(1)</script> <img src=x onerror=alert(1)> a<b>b</b>"),
    "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt; a&lt;b&gt;b&lt;/b&gt;</p>\n",
  );
});

Deno.test("render() makes links only of addresses that a person may follow", () => {
  assert.equal(
    html('[a](https://example.com "other")'),
    '<p><a href="https://example.com" title="https://example.com">a</a></p>\n',
  );
  assert.match(html("<mailto:a@example.com>"), /^<p><a href="mailto:a@example\.com"/);
  for (
    const address of [
      ...[
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
      ],
      ...[
        "command:workbench.action.quit",
        "vscode://x/y",
        "#anchor",
        "/relative",
        "relative.md",
        "//example.com",
      ],
    ]
  ) {
    assert.doesNotMatch(html(`[a](${address})`), /<a/, address);
    assert.doesNotMatch(html(`[a]\n\n[a]: ${address}`), /<a/, address);
  }
  assert.doesNotMatch(html("see https://example.com"), /<a/);
});

Deno.test("render() loads no pictures", () => {
  assert.equal(
    html("![a **b**](https://example.com/x.png)"),
    "<p>![a **b**](https://example.com/x.png)</p>\n",
  );
  assert.doesNotMatch(html('![a"><img src=x>](https://example.com/"x.png)'), /<img/);
});

Deno.test("render() takes code out of the HTML, with its language and whether its end has come", () => {
  const text = '```ts" onclick="x\n</code><b>&\n```';
  assert.equal(html(text), '<div class="island"></div>\n');
  assert.deepEqual(islands(text), [
    { kind: "code", language: 'ts"', text: "</code><b>&\n", isClosed: true },
  ]);
  assert.deepEqual(islands("> ~~~~\n> a\n> ~~~"), [
    { kind: "code", language: "", text: "a\n~~~", isClosed: false },
  ]);
  assert.deepEqual(islands("```"), [{ kind: "code", language: "", text: "", isClosed: false }]);
  assert.deepEqual(islands("- a\n\n  ```js\n  b\n  ```"), [
    { kind: "code", language: "js", text: "b\n", isClosed: true },
  ]);
  assert.deepEqual(islands("    indented"), [
    { kind: "code", language: "", text: "indented\n", isClosed: true },
  ]);
});

Deno.test("render() knows the texts of a table's cells, without their marks", () => {
  const [table] = islands('| a, **b** | `c` |\n|---|---|\n| "d" <br> | $x|y$ src/a.ts:4 |');
  assert.equal(table?.kind, "table");
  assert.equal(toCsv(table.rows), '"a, b",c\r\n"""d"" <br>",$x');
  const [places] = islands("| a |\n|---|\n| src/a.ts:4 $x^2$ <ref>b</ref><box>1 2 3 4</box> |");
  assert.deepEqual(places?.kind === "table" && places.rows, [["a"], ["src/a.ts:4 $x^2$ b"]]);
});

Deno.test("render() finds formulas in all four ways of writing, and no prices", () => {
  const formula = (tex: string, isDisplay: boolean, source: string): Island => (
    { kind: "formula", tex, isDisplay, source }
  );
  assert.deepEqual(islands("a $x_1$ b \\(y\\) c \\[z\\] d $$w$$"), [
    formula("x_1", false, "$x_1$"),
    formula("y", false, "\\(y\\)"),
    formula("z", true, "\\[z\\]"),
    formula("w", true, "$$w$$"),
  ]);
  assert.deepEqual(islands("$$\na\n\nb\n$$\nrest"), [formula("\na\n\nb\n", true, "$$\na\n\nb\n$$")]);
  assert.deepEqual(islands("- \\[\n  a\n  \\]"), [formula("\na\n", true, "\\[\na\n\\]")]);
  for (
    const text of [
      "it costs $5 and $6",
      "$5-$10",
      "\\$x\\$",
      "`$x$`",
      "$$",
      "$ x $",
      "$$never closed",
      "\\(open",
      `$${"x".repeat(6_000)}$`,
    ]
  ) assert.deepEqual(islands(text).filter(({ kind }) => kind === "formula"), [], text);
});

Deno.test("render() finds places in text and code, and not in links or among code", () => {
  assert.deepEqual(islands("see `src/a.ts:42`, b.js(4,2) and **c.py:1:3**"), [
    { kind: "place", place: { path: "src/a.ts", line: 42, column: null }, text: "src/a.ts:42", isCode: true },
    { kind: "place", place: { path: "b.js", line: 4, column: 2 }, text: "b.js(4,2)", isCode: false },
    { kind: "place", place: { path: "c.py", line: 1, column: 3 }, text: "c.py:1:3", isCode: false },
  ]);
  assert.deepEqual(islands("[src/a.ts:42](https://example.com) `run src/a.ts:42`"), []);
});

Deno.test("render() makes chips of boxes and shows their tags nowhere but in code", () => {
  const text = "<ref>a *b*</ref><box>1 2 3 4</box> <box>x</box> <ref>alone</ref> </box> `<box>`";
  assert.equal(html(text), '<p><span class="island"></span> alone  <code>&lt;box&gt;</code></p>\n');
  assert.deepEqual(islands(text), [
    { kind: "boxes", label: "a *b*", boxes: [{ left: 1, top: 2, right: 3, bottom: 4 }], before: "" },
  ]);
  assert.equal(html("<ref><img src=x onerror=y></ref>"), "<p>&lt;img src=x onerror=y&gt;</p>\n");
});

Deno.test("render() aligns columns without style attributes", () => {
  const table = html("| a | b |\n|:-:|--:|\n| 1 | 2 |");
  assert.match(table, /<th class="align-center">a<\/th>\s*<th class="align-right">b<\/th>/);
  assert.match(
    table,
    /^<div class="table-frame"><div class="island"><\/div>\n<div class="table"><table>.*<\/table><\/div><\/div>\n$/s,
  );
  assert.doesNotMatch(table, /style/);
});

Deno.test("render() gives one piece for each block at the top level", () => {
  const { blocks } = render(SAMPLE);
  assert.deepEqual(blocks.map(({ html }) => /^<(\w+)/.exec(html)?.[1]), [
    ...["h1", "p", "ul", "div", "div", "blockquote", "p"],
  ]);
  assert.deepEqual(blocks.map(({ start }) => SAMPLE.slice(start).split("\n", 1)[0]), [
    ...["# Title", "A paragraph of **two**", "- one", "| a | b |", "```ts", "> quoted", "last"],
  ]);
});

Deno.test("render() draws a growing text as it draws the whole, and keeps the blocks before the last", () => {
  let growing: Rendering | undefined;
  for (let end = 0; end <= SAMPLE.length; end++) {
    const before = growing;
    growing = render(SAMPLE.slice(0, end), growing);
    before?.blocks.slice(0, -1).forEach((block, index) => assert.equal(growing?.blocks[index], block));
  }
  assert.deepEqual(growing, render(SAMPLE));
});

Deno.test("render() starts anew when a text does not continue the earlier one", () => {
  assert.deepEqual(render("other", render(SAMPLE)), render("other"));
});
