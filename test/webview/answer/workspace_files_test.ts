import assert from "node:assert/strict";
import { whyNotDrawn } from "../../../webview/answer/diagram_errors.ts";
import { WorkspaceFiles } from "../../../webview/answer/workspace_files.ts";
import { translator } from "../../../webview/texts.ts";

Deno.test("a path is asked for once, together with others, and not without end", async () => {
  const asked: (readonly string[])[] = [];
  const files = new WorkspaceFiles((paths) => asked.push(paths));
  for (const path of ["a.ts", "b.ts", "a.ts"]) files.wonder(path);
  await Promise.resolve();
  files.wonder("b.ts");
  await Promise.resolve();
  assert.deepEqual(asked, [["a.ts", "b.ts"]]);
  for (let index = 0; index < 10_000; index++) files.wonder(`${index}.ts`);
  await Promise.resolve();
  assert.equal(asked.flat().length, 500);
  assert.ok(asked.every((paths) => paths.length <= 100));
});

Deno.test("those who watch a path hear of it, and of no other", () => {
  const files = new WorkspaceFiles(() => {});
  const heard: unknown[] = [];
  const end = files.known.watch("a.ts", () => heard.push(files.known.get("a.ts")));
  files.tell(new Map([["a.ts", "src/a.ts"], ["b.ts", null]]));
  files.tell(new Map([["a.ts", "src/a.ts"]]));
  end();
  files.tell(new Map([["a.ts", null]]));
  assert.deepEqual(heard, ["src/a.ts"]);
});

Deno.test("whyNotDrawn() says it in a sentence", () => {
  const why = (message: string) => whyNotDrawn(new Error(message), "flowchart TD\nA --", translator({}));
  assert.match(why("Parse error on line 2:\n...\nExpecting 'X'"), /does not understand line 2\.$/);
  assert.match(why("Parse error on line 9:\n"), /line 2\.$/);
  assert.match(
    why("No diagram type detected matching given configuration for text: x"),
    /no kind of diagram/,
  );
  assert.match(why("Too many edges.\nmore"), /^This diagram cannot be drawn: Too many edges\.$/);
});
