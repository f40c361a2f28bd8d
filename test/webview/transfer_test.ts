import assert from "node:assert/strict";
import { mayHoldFiles, readTransfer } from "../../webview/transfer.ts";

function offer(data: Readonly<Record<string, string>>, files: readonly File[] = []) {
  const types = [...Object.keys(data), ...(files.length > 0 ? ["Files"] : [])];
  return { files, types, getData: (type: string) => data[type] ?? "" };
}

Deno.test("readTransfer() takes every file, whatever else there is", () => {
  const files = [new File([], "a.png"), new File([], "b.png")];
  assert.deepEqual(readTransfer(offer({ "text/plain": "a", "text/uri-list": "file:///a.png" }, files)), {
    kind: "files",
    files,
  });
});

Deno.test("readTransfer() takes addresses of files, from VS Code before others", () => {
  const uris = "vscode-remote://host/a.png\r\nvscode-remote://host/b.png";
  assert.deepEqual(
    readTransfer(offer({ "text/uri-list": "file:///c.png", "application/vnd.code.uri-list": uris })),
    { kind: "addresses", addresses: uris.split("\r\n") },
  );
  assert.deepEqual(
    readTransfer(
      offer({ "text/uri-list": "# comment\r\nfile:///a%20b.png\r\nhttps://example.com/x.png\r\n" }),
    ),
    { kind: "addresses", addresses: ["file:///a%20b.png"] },
  );
});

Deno.test("readTransfer() leaves text alone and tells the rest apart", () => {
  assert.deepEqual(readTransfer(offer({ "text/plain": "hello", "text/html": "<p>hello" })), { kind: "text" });
  assert.deepEqual(readTransfer(offer({ "text/html": "<img>" })), { kind: "nothing", types: ["text/html"] });
  assert.deepEqual(readTransfer(offer({})), { kind: "nothing", types: [] });
});

Deno.test("mayHoldFiles() sees files and addresses while they are dragged, and no dragged text", () => {
  assert.equal(mayHoldFiles({ types: ["Files"] }), true);
  assert.equal(mayHoldFiles({ types: ["text/uri-list", "text/plain"] }), true);
  assert.equal(mayHoldFiles({ types: ["text/plain"] }), false);
  assert.equal(mayHoldFiles(null), false);
});
