import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sentPictures } from "../../extension/chat_turn.ts";
import { Conversation } from "../../extension/conversation.ts";
import { editedName } from "../../extension/edited_name.ts";
import { copyForOpening, makeShown } from "../../extension/picture_copies.ts";
import { replaceAttachment } from "../../extension/replace_attachment.ts";
import { PictureStore } from "../../host/picture_store.ts";
import type { PictureRef } from "../../protocol/conversation.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** A picture that waits for its question, and that was once opened in an editor. */
async function start() {
  const folder = await tempFolder();
  const store = new PictureStore(folder.path);
  const openedFolder = join(folder.path, "opened");
  const conversation = new Conversation({ onEvent: () => {}, sourceOf: () => "" });
  const picture = await store.addBytes(new TextEncoder().encode("a secret"), "x.svg");
  await makeShown(store.pathOf(picture), picture);
  await copyForOpening(store.pathOf(picture), openedFolder, picture, "svg");
  await writeFile(join(openedFolder, "another.png"), "");
  const id = conversation.attach(picture, null);
  const files = async () => [await readdir(store.folder), await readdir(openedFolder)];
  const forgotten: (readonly string[])[] = [];
  const chat = {
    uses: (picture: PictureRef) => Promise.resolve(conversation.uses(picture)),
    async replaceAttachment(id: string, bytes: Uint8Array) {
      if (new TextDecoder().decode(bytes) === "bad") return null;
      conversation.replace(id, { picture: await store.addBytes(bytes, "x (edited).png"), origin: null });
      return picture;
    },
    forgetGone: async () => void forgotten.push(...await files()),
  };
  const replace = (text: string) =>
    replaceAttachment(id, new TextEncoder().encode(text), { chat, store, openedFolder });
  return {
    ...{ conversation, picture, replace, files, forgotten },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test("replaceAttachment() deletes the original with all its copies, and then what was made of it", async () => {
  await using started = await start();
  const { conversation, replace, forgotten } = started;
  await replace("no secret");
  const [edited] = conversation.record.attachments;
  assert.ok(edited?.kind === "picture");
  assert.deepEqual(forgotten, [[edited.picture.sha256], ["another.png"]]);
});

Deno.test("replaceAttachment() keeps an original that an earlier question is about", async () => {
  await using started = await start();
  const { conversation, picture, replace, files, forgotten } = started;
  conversation.ask("What?", "off", [conversation.attach(picture, null)]);
  await replace("no secret");
  assert.ok((await files())[0]?.includes(picture.sha256));
  assert.deepEqual(forgotten, []);
});

Deno.test("replaceAttachment() keeps the original when it was not replaced", async () => {
  await using started = await start();
  const { conversation, picture, replace, files, forgotten } = started;
  await replace("bad");
  assert.equal((await files()).flat().length, 4);
  assert.deepEqual(conversation.record.attachments.flatMap(sentPictures), [picture]);
  assert.deepEqual(forgotten, []);
});

Deno.test("editedName() says once that a picture was edited, and that it is a PNG now", () => {
  assert.equal(editedName("error.jpeg"), "error (edited).png");
  assert.equal(editedName("error (edited).png"), "error (edited).png");
  assert.equal(editedName("v1.2 final"), "v1.2 final (edited).png");
});
