import assert from "node:assert/strict";
import { keyAct } from "../../../webview/region/keys.ts";

const press = (keys: string) => {
  const names = keys.split("+");
  const has = (name: string) => names.includes(name);
  const modifiers = { shiftKey: has("Shift"), ctrlKey: has("Ctrl"), metaKey: has("Cmd"), altKey: has("Alt") };
  return keyAct({ key: names.at(-1) ?? "", ...modifiers }, 3);
};

Deno.test("keyAct() moves, resizes, undoes and removes, and leaves other keys alone", () => {
  assert.deepEqual(press("ArrowLeft"), { kind: "move", by: { x: -3, y: 0 } });
  assert.deepEqual(press("Shift+ArrowDown"), { kind: "move", by: { x: 0, y: 30 } });
  for (const key of ["Ctrl", "Cmd", "Alt"]) {
    assert.deepEqual(press(`${key}+Shift+ArrowRight`), { kind: "resize", by: { x: 30, y: 0 } });
  }
  assert.deepEqual(press("Cmd+z"), { kind: "undo" });
  assert.deepEqual(press("Ctrl+Shift+Z"), { kind: "redo" });
  assert.deepEqual(press("Ctrl+y"), { kind: "redo" });
  assert.deepEqual(press("Delete"), { kind: "remove" });
  assert.deepEqual(press("Enter"), { kind: "put" });
  for (const keys of ["Tab", "a", "Escape", "Ctrl+c", "Ctrl+Enter"]) assert.equal(press(keys), null, keys);
});
