import assert from "node:assert/strict";
import { readBoxMark, withoutBoxMarks, withoutOpenMark } from "../../../webview/answer/box.ts";
import { viewOf } from "../../../webview/answer/box_view.ts";

const BOX = { left: 10, top: 20, right: 300, bottom: 400 };

Deno.test("readBoxMark() reads names with one box or several, in any order of the corners", () => {
  const text = "a <ref> the cat </ref><box>10 20 300 400</box> <box>300, 400, 10, 20</box>.";
  assert.deepEqual(readBoxMark(text, 2), { label: "the cat", boxes: [BOX, BOX], end: text.length - 1 });
  assert.deepEqual(readBoxMark("<box>10 20 300 400</box>", 0), { label: "", boxes: [BOX], end: 24 });
  assert.equal(readBoxMark("a < b", 2), null);
});

Deno.test("readBoxMark() leaves no box of what lies outside of the picture or is no number", () => {
  for (
    const inside of [
      "",
      "1 2 3",
      "1 2 3 4 5",
      "-1 2 3 4",
      "1 2 3 1001",
      "a b c d",
      "NaN 1 2 3",
      "Infinity 1 2 3",
    ]
  ) {
    const text = `<box>${inside}</box>`;
    assert.deepEqual(readBoxMark(text, 0), { label: "", boxes: [], end: text.length }, inside);
  }
  assert.deepEqual(readBoxMark("</box> x", 0), { label: "", boxes: [], end: 6 });
});

Deno.test("withoutOpenMark() never shows a part of a mark while it comes, and nothing less of other texts", () => {
  const text = "The <ref>cat</ref><box>10 20 300 400</box> sits";
  for (let end = 0; end <= text.length; end++) {
    const shown = withoutBoxMarks(withoutOpenMark(text.slice(0, end)));
    assert.doesNotMatch(shown, /[<>\d]/, text.slice(0, end));
  }
  for (const other of ["a < b", "a <bold", "x <box>1</box> y", "", "<b>"]) {
    assert.equal(withoutOpenMark(other), other);
  }
});

Deno.test("withoutBoxMarks() leaves the names", () => {
  assert.equal(withoutBoxMarks("the <ref>cat</ref><box>1 2 3 4</box> sits"), "the cat sits");
});

Deno.test("viewOf() shows boxes with what is around them, within the picture, and never too near", () => {
  const view = (...[boxes, widthPx, heightPx]: Parameters<typeof viewOf>) => {
    const { x, y, width, height } = viewOf(boxes, widthPx, heightPx);
    return [x, y, width, height].map(Math.round);
  };
  assert.deepEqual(view([{ left: 400, top: 400, right: 600, bottom: 600 }], 1000, 100), [350, 35, 300, 30]);
  assert.deepEqual(view([{ left: 0, top: 990, right: 10, bottom: 1000 }], 1000, 1000), [0, 850, 150, 150]);
  assert.deepEqual(view([], 10, 20), [0, 0, 10, 20]);
});
