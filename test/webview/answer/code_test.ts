import assert from "node:assert/strict";
import {
  createHighlighter,
  lengthToColour,
  MAX_COLOURED_CHARACTERS,
} from "../../../webview/answer/highlight.ts";
import { chunksOf } from "../../../webview/answer/code_chunks.ts";
import { toCsv } from "../../../webview/answer/csv.ts";

Deno.test("colour() puts classes around words and lets nothing out of the code", () => {
  const { colour } = createHighlighter();
  assert.equal(colour("const a", "ts"), '<span class="hljs-keyword">const</span> a');
  assert.doesNotMatch(colour('"</span><img src=x onerror=y>"', "js") ?? "", /<img/);
  assert.equal(colour("x", "no language"), null);
  assert.equal(colour("x", "constructor"), null);
});

Deno.test("lengthToColour() takes whole lines, ever more at once, and all of it at the end", () => {
  assert.equal(lengthToColour("abc", 0, false), 0);
  assert.equal(lengthToColour("abc\nde", 0, false), 4);
  assert.equal(lengthToColour(`${"x".repeat(80)}\nab\n`, 81, false), 81);
  assert.equal(lengthToColour("abc\nde", 4, true), 6);
  assert.equal(lengthToColour("x".repeat(MAX_COLOURED_CHARACTERS + 1), 7, true), 7);
});

Deno.test("chunksOf() cuts behind lines, and within classes that go on", () => {
  assert.deepEqual(chunksOf('a\n<span class="x">b\n<span class="y">c</span>\nd</span>\ne', 2), [
    'a\n<span class="x">b\n</span>',
    '<span class="x"><span class="y">c</span>\nd</span>\n',
    "e",
  ]);
  assert.deepEqual(chunksOf("a\nb\n", 2), ["a\nb\n"]);
  assert.deepEqual(chunksOf("", 2), []);
  const code = "/* one\ntwo */ let a = `three\n${4}`;\n".repeat(50);
  const html = createHighlighter().colour(code, "js") ?? "";
  const bare = (text: string): string => text.replace(/<[^>]*>/g, "");
  assert.equal(chunksOf(html).map(bare).join(""), bare(html));
  for (const chunk of chunksOf(html)) {
    assert.equal(chunk.match(/<span/g)?.length, chunk.match(/<\/span/g)?.length);
  }
});

Deno.test("lengthToColour() makes work in proportion to a growing block's length", () => {
  const text = "a line of code\n".repeat(4_000);
  let coloured = 0;
  let work = 0;
  for (let end = 0; end <= text.length; end += 5) {
    const wanted = lengthToColour(text.slice(0, end), coloured, false);
    if (wanted === coloured) continue;
    work += wanted;
    coloured = wanted;
  }
  assert.ok(work < 12 * text.length, `${work} characters for ${text.length}`);
});

Deno.test("toCsv() quotes what would end a field or be lost", () => {
  assert.equal(
    toCsv([["a", "b c"], ["1,5", 'say "hi"'], [" x", "a\nb", ""]]),
    'a,b c\r\n"1,5","say ""hi"""\r\n" x","a\nb",',
  );
  assert.equal(toCsv([]), "");
});

Deno.test("toCsv() keeps spreadsheets from running what stands in a picture, and leaves numbers alone", () => {
  const hostile = ['=HYPERLINK("http://x","y")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "\t=1"];
  for (const text of hostile) assert.match(toCsv([[text]]), /^"?'/, text);
  assert.equal(toCsv([["-5", "+1.5", "- 3,2 %", "-", "a=b"]]), '-5,+1.5,"- 3,2 %",-,a=b');
});
