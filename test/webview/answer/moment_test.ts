import assert from "node:assert/strict";
import { findMoments } from "../../../webview/answer/moment.ts";
import { markdownRenderer } from "../../../webview/markdown.ts";

/** The moments of a text, as they stand in it. */
function moments(text: string): readonly string[] {
  const pieces = findMoments(text);
  assert.equal(pieces.map(({ text }) => text).join(""), text, "something was lost");
  return pieces.filter(({ timeS }) => timeS !== null).map(({ text }) => text);
}

Deno.test("findMoments() finds the times of a recording", () => {
  assert.deepEqual(moments("At 0:03.2 it hangs, from 00:12 to 1:02:03."), ["0:03.2", "00:12", "1:02:03"]);
  assert.deepEqual(moments("0:03-0:05, (0:07) [0:09]; 0:11–0:12"), [
    ...["0:03", "0:05", "0:07", "0:09", "0:11", "0:12"],
  ]);
  assert.deepEqual(moments("0:03,0:05"), ["0:03", "0:05"]);
  assert.deepEqual(findMoments("1:02:03.5").map(({ timeS }) => timeS), [3723.5]);
});

Deno.test("findMoments() leaves alone what is no time of a recording", () => {
  const none = [
    ...[
      "12:3",
      "1:60",
      "16:9",
      "a0:03",
      "0:03s",
      "src/a.ts:10:20",
      "http://[::1]:80:10",
      "::1:20",
      "1:02:03:04",
    ],
    ...["2024-01-02T10:20:30Z", "10:20/x", "0:03.2.1", "C:\\1:20", "v1.0:30", "user@0:30", "0:0３"],
  ];
  for (const text of none) assert.deepEqual(moments(text), [], text);
});

Deno.test("findMoments() is quick about hostile texts", () => {
  for (const part of ["0:", "1:00:", "0:03.", "0:03,", "9", ":0"]) {
    const text = part.repeat(50_000);
    const startMs = performance.now();
    moments(text);
    assert.ok(performance.now() - startMs < 5_000, part);
  }
});

Deno.test("moments become islands in text, tables and code, not in links, places or code blocks", () => {
  const render = markdownRenderer();
  const kinds = (text: string) =>
    render(text).blocks.flatMap(({ islands }) => islands.map(({ kind }) => kind));
  assert.deepEqual(kinds("At 0:03 and `0:05`, not `a 0:05 b`."), ["moment", "moment"]);
  assert.deepEqual(kinds("| t |\n|---|\n| 0:03.2 |"), ["table", "moment"]);
  assert.deepEqual(kinds("src/a.ts:10:20 at 0:07"), ["place", "moment"]);
  assert.deepEqual(kinds("[0:03](https://example.com)"), []);
  assert.deepEqual(kinds("```\n0:03\n```"), ["code"]);
  const table = render("| t |\n|---|\n| 0:03.2 |").blocks[0]?.islands[0];
  assert.deepEqual(table?.kind === "table" ? table.rows : null, [["t"], ["0:03.2"]]);
});
