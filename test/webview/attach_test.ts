import assert from "node:assert/strict";
import type { FromPanel, PanelFailure } from "../../protocol/panel.ts";
import { attachFiles, attachmentName } from "../../webview/attach.ts";
import { translator } from "../../webview/texts.ts";
import { MAX_FILE_BYTES } from "../../webview/transfer.ts";

const t = translator({});

async function attach(files: readonly File[]) {
  const posted: FromPanel[] = [];
  const refused: PanelFailure[] = [];
  await attachFiles(files, {
    post: (message) => posted.push(message),
    refuse: (failure) => refused.push(failure),
    t,
  });
  return { posted, refused };
}

Deno.test("attachFiles() sends the bytes of every file in order", async () => {
  const { posted, refused } = await attach([
    new File([new Uint8Array([1, 2])], "a.png"),
    new File([new Uint8Array([3])], "b.png"),
  ]);
  assert.deepEqual(posted, [
    { kind: "attach-bytes", name: "a.png", bytes: new Uint8Array([1, 2]) },
    { kind: "attach-bytes", name: "b.png", bytes: new Uint8Array([3]) },
  ]);
  assert.deepEqual(refused, []);
});

Deno.test("attachFiles() refuses what cannot be read or is too large, and sends the rest", async () => {
  const folder = new File([], "folder");
  Object.defineProperty(folder, "arrayBuffer", { value: () => Promise.reject(new Error("not readable")) });
  const large = new File([], "large.png");
  Object.defineProperty(large, "size", { value: MAX_FILE_BYTES + 1 });
  const { posted, refused } = await attach([folder, large, new File([], "c.png")]);
  assert.deepEqual(posted.map((message) => "name" in message && message.name), ["c.png"]);
  assert.deepEqual(refused.map(({ kind }) => kind), ["picture-unreadable", "picture-too-large"]);
  assert.match(refused[0]?.message ?? "", /not readable/);
  assert.match(refused[1]?.message ?? "", /256 MB/);
});

Deno.test("attachmentName() gives what browsers name alike a better name", () => {
  assert.equal(attachmentName({ name: "image.png" }, t), "Pasted picture.png");
  assert.equal(attachmentName({ name: "my image.png" }, t), "my image.png");
});
