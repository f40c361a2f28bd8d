import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Uri } from "vscode";
import { Chats, type Place } from "../../extension/chats.ts";
import { Leases } from "../../extension/history/leases.ts";
import { Library } from "../../extension/history/library.ts";
import { StoredPictures } from "../../extension/history/stored_pictures.ts";
import { PictureStore } from "../../host/picture_store.ts";
import type { RecordingRef } from "../../host/recording_store.ts";
import { Failure } from "../../protocol/errors.ts";
import type { ToPanel } from "../../protocol/panel.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { english } from "./support/english.ts";
import { deferred, RequestDesk, type WaitingRequest } from "./support/fake_sidecar.ts";
import { receipt } from "./support/pictures.ts";
import { source } from "./support/recordings.ts";
import { silentLog } from "./support/silent_log.ts";

/** A place that notes what it is told. */
class Screen implements Place {
  readonly messages: ToPanel[] = [];
  title = "";
  isShown = false;
  readonly page = {
    post: (message: ToPanel) => void this.messages.push(message),
    sourceOf: (fileName: string) => `at-${fileName}`,
  };

  setTitle(title: string): void {
    this.title = title;
  }

  show(): Promise<void> {
    this.isShown = true;
    return Promise.resolve();
  }
}

/** A window over a storage folder that others may share. */
function openWindow(root: string) {
  const desk = new RequestDesk();
  const copying = deferred<RecordingRef>();
  const store = new PictureStore(root);
  const library = new Library(join(root, "conversations"));
  const leases = new Leases(library.folder);
  const pictures = new StoredPictures({
    library,
    folder: store.folder,
    openedFolder: join(root, "opened"),
    isOpen: (id) => leases.isHeld(id),
  });
  const chats = new Chats({
    ...{ library, leases, pictures, store, log: silentLog(), t: english, request: desk.request },
    fileSource: () => ({
      origin: null,
      store: () => Promise.resolve({ ...source("f"), store: () => copying.promise }),
    }),
    readStored: () => Promise.reject(new Error("no recordings here")),
    wait: () => Promise.resolve(),
    onStored: () => {},
    preparesAhead: () => true,
    workspace: () => null,
    onPlaced: () => {},
  });
  const view = new Screen();
  chats.begin(view);
  return { chats, view, desk, library, store, copying };
}

type Window = ReturnType<typeof openWindow>;

/** Asks at a place; the answer stays in work. */
async function ask({ chats, desk }: Window, place: Place, question: string): Promise<WaitingRequest> {
  await chats.at(place).ask(question, "off");
  return await desk.take();
}

/** Asks at a place, and gets no more of an answer than that it was stopped. */
async function stopped(window: Window, place: Place, question: string): Promise<string> {
  await ask(window, place, question);
  const chat = window.chats.at(place);
  chat.stop(chat.conversation.path().at(-1)?.id ?? "");
  await chat.keep();
  return chat.id;
}

/** Waits until everything that is due has been done. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

const refusedAs = (kind: string) => (error: unknown) => error instanceof Failure && error.kind === kind;

Deno.test("a new chat leaves the old one in the history, and an empty one leaves nothing", async () => {
  await using temp = await tempFolder();
  const window = openWindow(temp.path);
  const { chats, view, library } = window;
  assert.equal(chats.begin(view), chats.at(view), "an empty one is new enough");
  const first = await stopped(window, view, "First?");
  assert.equal(view.title, "First?");
  chats.begin(view);
  assert.equal(view.title, "New Chat");
  assert.deepEqual(chats.at(view).conversation.record.turns, []);
  const opened = view.messages.at(-1);
  assert.equal(opened?.kind === "opened" && opened.conversation.id, chats.at(view).id);
  assert.equal(await chats.open(view, first), view);
  assert.equal(view.title, "First?");
  await chats.close();
  assert.deepEqual(await library.ids(), [first]);
  assert.deepEqual(await readdir(library.folder), [`${first}.json`], "nothing is held any more");
});

Deno.test("the depth of thinking goes on with the next chat, and drafts stay with theirs", async () => {
  await using temp = await tempFolder();
  const window = openWindow(temp.path);
  const { chats, view } = window;
  const first = chats.at(view);
  first.write({ text: "half a que", depth: "deep" });
  chats.begin(view);
  assert.deepEqual(chats.at(view).conversation.record.draft, { text: "", depth: "deep" });
  await chats.open(view, first.id);
  assert.deepEqual(chats.at(view).conversation.record.draft, { text: "half a que", depth: "deep" });
  await stopped(window, view, "half a que");
  assert.equal(chats.at(view).conversation.record.draft.text, "");
  await chats.close();
});

Deno.test("an answer goes on where nobody sees it, and its chat is closed after it", async () => {
  await using temp = await tempFolder();
  const window = openWindow(temp.path);
  const { chats, view, library } = window;
  const request = await ask(window, view, "Slow?");
  const first = chats.at(view);
  chats.begin(view);
  request.onProgress({ kind: "answer", text: "Yes.", tokenCount: 1 });
  assert.equal(chats.find(first.id), first);
  request.reject(new Failure("internal", "It broke."));
  await first.keep();
  await settle();
  assert.equal(chats.find(first.id), undefined);
  const kept = await library.read(first.id);
  assert.deepEqual(kept.record.turns.map(({ text, state }) => [text, state.kind]), [["Yes.", "failed"]]);
  await chats.close();
});

Deno.test("two windows never write the same chat: the second may have a copy", async () => {
  await using temp = await tempFolder();
  const [one, two] = [openWindow(temp.path), openWindow(temp.path)];
  const id = await stopped(one, one.view, "Mine?");
  await assert.rejects(two.chats.open(two.view, id), refusedAs("chat-open-elsewhere"));
  await assert.rejects(two.chats.rename(id, "stolen"), refusedAs("chat-open-elsewhere"));
  await assert.rejects(two.chats.delete(id), refusedAs("chat-open-elsewhere"));
  assert.equal(await two.chats.deleteAll(), 1);
  await two.chats.openCopy(two.view, id);
  assert.equal(two.view.title, "Mine? (copy)");
  await stopped(two, two.view, "Not yours!");
  const texts = (window: Window) =>
    window.chats.at(window.view).conversation.path().map((turn) => turn.question.text);
  assert.deepEqual([texts(one), texts(two)], [["Mine?"], ["Mine?", "Not yours!"]]);
  await one.chats.close();
  await two.chats.open(two.view, id);
  assert.deepEqual(texts(two), ["Mine?"]);
  await two.chats.close();
});

Deno.test("a window that another has taken over from goes on as a copy, and overwrites nothing", async () => {
  await using temp = await tempFolder();
  const window = openWindow(temp.path);
  const id = await stopped(window, window.view, "Asleep?");
  const lock = join(window.library.folder, `${id}.lock`);
  await writeFile(lock, JSON.stringify({ owner: "another window", pid: Deno.pid, host: "h" }));
  const before = await Deno.readTextFile(window.library.pathOf(id));
  const renewed = await stopped(window, window.view, "Awake!");
  assert.notEqual(window.chats.at(window.view).id, id);
  assert.equal(await Deno.readTextFile(window.library.pathOf(id)), before);
  await window.chats.keep();
  const copy = await window.library.read(window.chats.at(window.view).id);
  assert.deepEqual(copy.record.turns.map(({ question }) => question.text), ["Asleep?", "Awake!"], renewed);
  await window.chats.close();
  assert.match(await Deno.readTextFile(lock), /another window/);
});

Deno.test("a chat is shown at one place: moving it, opening it again, closing its tab", async () => {
  await using temp = await tempFolder();
  const window = openWindow(temp.path);
  const { chats, view } = window;
  const id = await stopped(window, view, "Moving?");
  const [tab, other] = [new Screen(), new Screen()];
  chats.move(view, tab);
  assert.deepEqual([chats.at(tab).id, tab.title, view.title], [id, "Moving?", "New Chat"]);
  assert.equal(await chats.open(view, id), tab);
  assert.equal(chats.lastUsed, tab);
  chats.used(view);
  assert.equal(chats.lastUsed, view);
  chats.begin(other);
  assert.deepEqual(chats.places, [tab, view, other]);
  chats.leave(other);
  chats.leave(tab);
  assert.equal(chats.lastUsed, view);
  assert.equal(await chats.open(view, id), view);
  await chats.close();
});

Deno.test("deleting takes the file, what is open of it, and pictures that no other chat has", async () => {
  await using temp = await tempFolder();
  const window = openWindow(temp.path);
  const { chats, view, library, store, desk } = window;
  const tab = new Screen();
  chats.begin(tab);
  const attach = async (place: Place, ...bytes: number[]) => {
    const attaching = chats.at(place).attachBytes(Uint8Array.of(...bytes), `${bytes[0]}.png`);
    const inspected = await desk.take();
    const { picture } = inspected.params as { picture: Parameters<typeof receipt>[0] };
    inspected.resolve(receipt(picture));
    await attaching;
    await desk.take(); // Its preparation.
    return picture;
  };
  const shared = await attach(view, 1);
  await attach(view, 2);
  const id = await stopped(window, view, "Both?");
  await attach(tab, 1);
  await chats.delete(id);
  assert.deepEqual(await readdir(store.folder), [shared.sha256]);
  assert.equal(chats.find(id), undefined);
  assert.deepEqual(chats.at(view).conversation.record.turns, []);
  assert.equal(await library.ids().then((ids) => ids.includes(id)), false);
  assert.equal(await chats.deleteAll(), 0);
  assert.deepEqual(await readdir(store.folder), []);
  assert.deepEqual(await library.ids(), []);
  assert.deepEqual(chats.at(tab).conversation.record.attachments, []);
  await chats.close();
});

Deno.test("while one chat has an answer in work, nothing is prepared for the others", async () => {
  await using temp = await tempFolder();
  const window = openWindow(temp.path);
  const { chats, view, desk } = window;
  const tab = new Screen();
  chats.begin(tab);
  const attaching = chats.at(view).attachBytes(Uint8Array.of(1), "a.png");
  const inspected = await desk.take();
  inspected.resolve(receipt((inspected.params as { picture: Parameters<typeof receipt>[0] }).picture));
  await attaching;
  const prepared = await desk.take();
  assert.equal(prepared.method, "sightline/prepare");
  const generating = await ask(window, tab, "Now?");
  assert.equal(generating.method, "sightline/generate");
  assert.equal(prepared.signal?.aborted, true);
  const turnId = chats.at(tab).conversation.path()[0]?.id ?? "";
  chats.at(tab).stop(turnId);
  assert.equal((await desk.take()).method, "sightline/prepare", "it is taken up again");
  await chats.close();
});

Deno.test("a recording is read on where nobody sees it, and its chat is closed when that has failed", async () => {
  await using temp = await tempFolder();
  const { chats, view, copying, library } = openWindow(temp.path);
  const chat = chats.at(view);
  const attaching = chat.attachFiles([{ toString: () => "file:///f.webm" } as Uri]);
  while (chat.conversation.record.attachments.length === 0) await settle();
  chats.begin(view);
  await settle();
  assert.equal(chats.find(chat.id), chat);
  copying.reject(new Failure("video-damaged", "It is no recording."));
  await attaching;
  await settle();
  assert.equal(chats.find(chat.id), undefined);
  await chats.close();
  assert.deepEqual(await library.ids(), [], "nothing is left to keep");
});
