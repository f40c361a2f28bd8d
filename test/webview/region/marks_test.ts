import assert from "node:assert/strict";
import {
  askedRect,
  drawn,
  isEdited,
  keptRect,
  mark,
  type MarkChange,
  type Marking,
  pulled,
  unmarked,
} from "../../../webview/region/marks.ts";

const SIZE = { width: 200, height: 100 };

const marked = (...changes: readonly MarkChange[]): Marking => changes.reduce(mark, unmarked(SIZE));

const draw = (
  kind: "crop" | "box" | "redact" | "ask",
  x = 10,
  y = 20,
  width = 30,
  height = 40,
): MarkChange => ({
  kind: "draw",
  shape: { kind, rect: { x, y, width, height } },
});

const kinds = ({ marks }: Marking) => marks.map(({ kind }) => kind);
const rects = ({ marks }: Marking) => marks.map((mark) => mark.kind === "arrow" ? null : mark.rect);

Deno.test("mark() draws, selects what was drawn, and keeps one crop and one part to ask about", () => {
  const marking = marked(
    draw("crop"),
    draw("box"),
    draw("ask"),
    draw("crop", 0, 0, 5, 5),
    draw("ask", 1, 1, 2, 2),
  );
  assert.deepEqual(kinds(marking), ["box", "crop", "ask"]);
  assert.equal(marking.selectedId, marking.marks.at(-1)?.id);
  assert.deepEqual(keptRect(marking), { x: 0, y: 0, width: 5, height: 5 });
});

Deno.test("mark() undoes and does again, and forgets what was undone after a new change", () => {
  const undone = marked(draw("box"), draw("redact"), { kind: "undo" });
  assert.deepEqual(kinds(undone), ["box"]);
  assert.equal(undone.selectedId, null, "what is gone is not selected");
  assert.deepEqual(kinds(mark(undone, { kind: "redo" })), ["box", "redact"]);
  const other = mark(undone, draw("ask"));
  assert.equal(mark(other, { kind: "redo" }), other);
  assert.deepEqual(kinds(marked(draw("box"), { kind: "reset" }, { kind: "undo" })), ["box"]);
  const empty = unmarked(SIZE);
  for (const kind of ["undo", "redo", "reset", "remove"] as const) assert.equal(mark(empty, { kind }), empty);
});

Deno.test("mark() undoes small steps of one kind at once, and others by themselves", () => {
  const step = (kind: "move" | "resize"): MarkChange => ({ kind, by: { x: 1, y: 0 } });
  const marking = marked(draw("box"), step("move"), step("move"), step("resize"), step("resize"));
  assert.deepEqual(rects(marking), [{ x: 12, y: 20, width: 32, height: 40 }]);
  const once = mark(marking, { kind: "undo" });
  assert.deepEqual(rects(once), [{ x: 12, y: 20, width: 30, height: 40 }]);
  assert.deepEqual(rects(mark(once, { kind: "undo" })), [{ x: 10, y: 20, width: 30, height: 40 }]);
});

Deno.test("mark() keeps marks within the picture, and at least one pixel large", () => {
  const far = { x: -500, y: 500 };
  assert.deepEqual(rects(marked(draw("box"), { kind: "move", by: far })), [{
    x: 0,
    y: 60,
    width: 30,
    height: 40,
  }]);
  assert.deepEqual(rects(marked(draw("box"), { kind: "resize", by: far })), [{
    x: 10,
    y: 20,
    width: 1,
    height: 80,
  }]);
  const arrow = drawn("arrow", { x: 5, y: 5 }, { x: 50, y: 90 }, SIZE);
  assert.ok(arrow !== null);
  const moved = marked({ kind: "draw", shape: arrow }, { kind: "move", by: far }).marks[0];
  assert.ok(moved?.kind === "arrow");
  assert.deepEqual([moved.from, moved.to], [{ x: 0, y: 15 }, { x: 45, y: 100 }]);
});

Deno.test("mark() removes and reshapes the selected mark, and goes from one to the next", () => {
  const marking = marked(draw("box"), draw("redact"), { kind: "select-next" });
  assert.equal(marking.selectedId, marking.marks[0]?.id);
  assert.deepEqual(kinds(mark(marking, { kind: "remove" })), ["redact"]);
  const shape = { kind: "box", rect: { x: 0, y: 0, width: 1, height: 1 } } as const;
  assert.deepEqual(rects(mark(marking, { kind: "reshape", shape }))[0], shape.rect);
  assert.equal(mark(unmarked(SIZE), { kind: "select-next" }).selectedId, null);
});

Deno.test("drawn() takes drags in every direction, clips them, and knows that a click is no drag", () => {
  const rect = { x: 10, y: 20, width: 30, height: 40 };
  for (const [a, b] of [[[10, 20], [40, 60]], [[40, 60], [10, 20]], [[40, 20], [10, 60]]] as const) {
    assert.deepEqual(drawn("box", { x: a[0], y: a[1] }, { x: b[0], y: b[1] }, SIZE), { kind: "box", rect });
  }
  assert.deepEqual(drawn("redact", { x: -50, y: 90.2 }, { x: 3.4, y: 500 }, SIZE), {
    kind: "redact",
    rect: { x: 0, y: 90, width: 4, height: 10 },
  }, "every pixel that is touched is painted over");
  for (const kind of ["box", "arrow"] as const) {
    assert.equal(drawn(kind, { x: 7, y: 7 }, { x: 7, y: 7 }, SIZE), null);
    assert.equal(drawn(kind, { x: -9, y: -9 }, { x: -5, y: -5 }, SIZE), null, "beside the picture");
  }
  assert.equal(drawn("box", { x: 7, y: 7 }, { x: 90, y: 7 }, SIZE), null, "no height");
});

Deno.test("pulled() keeps the opposite corner, also when it is passed", () => {
  const shape = { kind: "box", rect: { x: 10, y: 20, width: 30, height: 40 } } as const;
  const at = (grip: number, x: number, y: number) => {
    const pulledShape = pulled(shape, grip, { x, y }, SIZE);
    return pulledShape?.kind === "box" ? pulledShape.rect : null;
  };
  assert.deepEqual(at(2, 50, 70), { x: 10, y: 20, width: 40, height: 50 });
  assert.deepEqual(at(0, 0, 0), { x: 0, y: 0, width: 40, height: 60 });
  assert.deepEqual(at(0, 60, 80), { x: 40, y: 60, width: 20, height: 20 });
  assert.equal(at(1, 10, 60), null);
});

Deno.test("askedRect() is the asked part of what stays", () => {
  const crop = draw("crop", 50, 50, 100, 50);
  assert.deepEqual(askedRect(marked(draw("ask", 40, 60, 20, 10))), { x: 40, y: 60, width: 20, height: 10 });
  assert.deepEqual(askedRect(marked(crop, draw("ask", 40, 60, 20, 10))), {
    x: 0,
    y: 10,
    width: 10,
    height: 10,
  });
  assert.equal(askedRect(marked(crop, draw("ask", 0, 0, 50, 50))), null);
  assert.equal(isEdited(marked(draw("ask"))), false);
  assert.equal(isEdited(marked(crop)), true);
});
