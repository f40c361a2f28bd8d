import assert from "node:assert/strict";
import { languageIdOf } from "../../extension/language_ids.ts";
import { namedPath } from "../../extension/named_path.ts";

Deno.test("namedPath() takes relative paths apart", () => {
  assert.deepEqual(namedPath("src/größe@2x.test.ts"), ["src", "größe@2x.test.ts"]);
});

Deno.test("namedPath() takes nothing that leads out of a folder or means something to a search", () => {
  for (
    const path of [
      ...[
        "",
        "/etc/passwd",
        "../a.ts",
        "a/../../b.ts",
        "./a.ts",
        "a//b.ts",
        "C:/a.ts",
        "a\\b.ts",
        "file:///a.ts",
      ],
      ...["*.ts", "{a,b}.ts", "[ab].ts", "a?.ts", "!a.ts", "a\0.ts", "x".repeat(101)],
    ]
  ) assert.equal(namedPath(path), null, path);
});

Deno.test("languageIdOf() knows the names that answers use, and only languages that are there", () => {
  const known = ["typescript", "shellscript", "rust"];
  assert.equal(languageIdOf("TS", known), "typescript");
  assert.equal(languageIdOf("zsh", known), "shellscript");
  assert.equal(languageIdOf("rust", known), "rust");
  for (const name of ["", "python", "constructor", "__proto__"]) {
    assert.equal(languageIdOf(name, known), null);
  }
});
