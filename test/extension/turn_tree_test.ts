import assert from "node:assert/strict";
import { latestAfter, pathTo, versionsOf } from "../../extension/turn_tree.ts";

/** a → b → c, with d asked in place of b, and e after d. */
const TURNS = [
  { id: "a", parentId: null },
  { id: "b", parentId: "a" },
  { id: "c", parentId: "b" },
  { id: "d", parentId: "a" },
  { id: "e", parentId: "d" },
];
const ids = (turns: readonly { id: string }[]): string => turns.map(({ id }) => id).join("");

Deno.test("pathTo() goes back to a first turn", () => {
  assert.deepEqual(["c", "e", "a", "x", null].map((id) => ids(pathTo(TURNS, id))), [
    "abc",
    "ade",
    "a",
    "",
    "",
  ]);
});

Deno.test("pathTo() ends also where a file names turns in a circle", () => {
  assert.equal(ids(pathTo([{ id: "a", parentId: "b" }, { id: "b", parentId: "a" }], "b")), "ab");
});

Deno.test("versionsOf() and latestAfter() find what stands beside and after", () => {
  assert.deepEqual(["a", "b", "d", "c"].map((id) => ids(versionsOf(TURNS, find(id)))), [
    "a",
    "bd",
    "bd",
    "c",
  ]);
  assert.deepEqual(["a", "b", "c"].map((id) => latestAfter(TURNS, id)), ["e", "c", "c"]);
});

function find(id: string) {
  const turn = TURNS.find((turn) => turn.id === id);
  assert.ok(turn !== undefined);
  return turn;
}
