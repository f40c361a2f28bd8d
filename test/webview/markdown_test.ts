import assert from "node:assert/strict";
import { markdownRenderer, type Rendering } from "../../webview/markdown.ts";
import { translator } from "../../webview/texts.ts";

const render = markdownRenderer(translator({ Copy: "Kopieren & mehr" }));

function html(text: string): string {
  return render(text).blocks.map((block) => block.html).join("");
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

Deno.test("render() gives code blocks a name and a button, and lets nothing out of them", () => {
  const block = html('```ts" onclick="x\n</code><b>&\n```');
  assert.match(block, /<span>ts&quot;<\/span><button type="button" class="copy-code">Kopieren &amp; mehr</);
  assert.match(block, /<pre><code>&lt;\/code&gt;&lt;b&gt;&amp;\n<\/code>/);
  assert.match(html("    indented"), /<div class="code">.*<code>indented\n<\/code>/s);
});

Deno.test("render() aligns columns without style attributes", () => {
  const table = html("| a | b |\n|:-:|--:|\n| 1 | 2 |");
  assert.match(table, /<th class="align-center">a<\/th>\s*<th class="align-right">b<\/th>/);
  assert.match(table, /^<div class="table"><table>.*<\/table><\/div>\n$/s);
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
