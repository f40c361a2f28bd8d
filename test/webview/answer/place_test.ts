import assert from "node:assert/strict";
import { findPlaces } from "../../../webview/answer/place.ts";

/** What is found, as "path line column". */
function found(text: string): readonly string[] {
  const pieces = findPlaces(text);
  assert.equal(pieces.map((piece) => piece.text).join(""), text);
  return pieces.flatMap(({ place }) =>
    place === null ? [] : [`${place.path} ${place.line} ${place.column ?? "-"}`]
  );
}

Deno.test("findPlaces() reads the ways in which programs name a line", () => {
  assert.deepEqual(found("at checkout (src/cart.ts:42)"), ["src/cart.ts 42 -"]);
  assert.deepEqual(found("src/cart.ts(42,7): error, ./a/b.test.tsx:1:2"), [
    "src/cart.ts 42 7",
    "a/b.test.tsx 1 2",
  ]);
  assert.deepEqual(found('"orders.js:42" and src\\lib\\größe.cs:9.'), [
    "orders.js 42 -",
    "src/lib/größe.cs 9 -",
  ]);
  assert.deepEqual(found("a.ts:1,b.ts:2"), ["a.ts 1 -", "b.ts 2 -"]);
});

Deno.test("findPlaces() finds none where no file of a workspace is named", () => {
  for (
    const text of [
      ...["https://example.com/a.ts:42", "//host/a.ts:1", "/etc/passwd.d:1", "C:\\a.ts:4", "12:30", "3.14:1"],
      ...["a.ts", "a.ts:", "a.ts:0", "a.ts:x", "../../secret.ts", "user@host.com/a.ts:1x", "command:a.b"],
    ]
  ) assert.deepEqual(found(text), [], text);
});

Deno.test("findPlaces() comes to an end on what is made to keep it busy", () => {
  assert.deepEqual(found("a.".repeat(50_000)), []);
  assert.deepEqual(found("a/".repeat(50_000)), []);
  assert.deepEqual(found("a.b:1(".repeat(3)).length, 3);
});
