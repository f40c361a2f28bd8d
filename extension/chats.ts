// Which conversation is open where. A place, the view or an editor tab, shows one chat; a chat is shown at one place
// at most. One that is shown nowhere any more ends when its answers have. Knows no editor.

import { randomUUID } from "node:crypto";
import { Failure } from "../protocol/errors.ts";
import type { ShownConversation, ToPanel } from "../protocol/panel.ts";
import { Chat, type ChatParts } from "./chat.ts";
import type { ConversationEvent } from "./conversation.ts";
import type { Translate } from "./error_messages.ts";
import { type KeptConversation, newKept, type WorkspaceLabel } from "./history/kept_conversation.ts";
import type { Lease, Leases } from "./history/leases.ts";
import type { Library } from "./history/library.ts";
import { hashesIn, type StoredPictures } from "./history/stored_pictures.ts";
import { titleOf } from "./history/title.ts";
import { shownFileName } from "./picture_copies.ts";

/** After these, a recording may no longer be in work. */
const READING: readonly ConversationEvent["kind"][] = ["recording-changed", "detached", "refused"];

/** Where a chat can be shown. */
export interface Place {
  readonly page: {
    post(message: ToPanel): void;
    sourceOf(fileName: string): string;
  };
  /** Shows what the chat is called. */
  setTitle(title: string): void;
  /** Brings it into sight, with the focus in its composer. */
  show(): Promise<void>;
  /** Closes it; absent where a place is always there. */
  close?(): void;
}

/** What the chats of a window need from outside. */
export interface ChatsParts extends
  Pick<
    ChatParts,
    "store" | "fileSource" | "readStored" | "wait" | "onStored" | "request" | "log" | "preparesAhead"
  > {
  readonly library: Library;
  readonly leases: Leases;
  readonly pictures: StoredPictures;
  readonly workspace: () => WorkspaceLabel | null;
  readonly t: Translate;
  /** What a place shows has changed, or what it shows of it. */
  readonly onPlaced: (place: Place, chat: Chat) => void;
}

/** The chats of a window. */
export class Chats {
  readonly #parts: ChatsParts;
  readonly #open = new Set<Chat>();
  readonly #at = new Map<Place, Chat>();
  /** The places, the one used last at the end. */
  #places: readonly Place[] = [];
  /** One thing at a time is opened or closed. */
  #acting: Promise<unknown> = Promise.resolve();

  constructor(parts: ChatsParts) {
    this.#parts = parts;
  }

  /** The place used last; undefined before there is any. */
  get lastUsed(): Place | undefined {
    return this.#places.at(-1);
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  /** The chat of a place. @throws RangeError when nothing was put there */
  at(place: Place): Chat {
    const chat = this.#at.get(place);
    if (chat === undefined) throw new RangeError("nothing is shown there");
    return chat;
  }

  /** The chat with an id, when it is open in this window. */
  find(id: string): Chat | undefined {
    return [...this.#open].find((chat) => chat.id === id);
  }

  placeOf(chat: Chat): Place | undefined {
    return [...this.#at].find(([, shown]) => shown === chat)?.[0];
  }

  /** Notes that a person does something at a place. */
  used(place: Place): void {
    if (this.lastUsed === place || !this.#at.has(place)) return;
    this.#places = [...this.#places.filter((other) => other !== place), place];
  }

  /** Tells every page. */
  post(message: ToPanel): void {
    for (const place of this.#at.keys()) place.page.post(message);
  }

  /** Begins a conversation at a place; what is there goes to the history. */
  begin(place: Place): Chat {
    const before = this.#at.get(place);
    if (before?.isEmpty === true) return before;
    const kept = newKept(randomUUID(), this.#parts.workspace(), Date.now());
    const depth = before?.conversation.record.draft.depth ?? "off";
    const chat = this.#make({ ...kept, record: { ...kept.record, draft: { text: "", depth } } }, null);
    this.#put(place, chat);
    return chat;
  }

  /**
   * Opens a conversation at a place, or goes where it is shown already.
   * @throws Failure "chat-missing", "chat-damaged" or "chat-open-elsewhere"
   */
  async open(place: Place, id: string): Promise<Place> {
    return await this.#inTurn(async () => {
      const here = this.find(id);
      const shownAt = here && this.placeOf(here);
      if (shownAt !== undefined) return shownAt;
      this.#put(place, here ?? await this.#read(id));
      return place;
    });
  }

  /** Opens a copy of a conversation at a place. @throws Failure "chat-missing" or "chat-damaged" */
  async openCopy(place: Place, id: string): Promise<void> {
    const { library, t } = this.#parts;
    const original = await library.read(id);
    const title = t("{0} (copy)", titleOf(original, t));
    const nowMs = Date.now();
    const copy = { ...original, id: randomUUID(), title, createdMs: nowMs, changedMs: nowMs };
    await library.write(copy);
    const chat = this.#make(copy, await this.#parts.leases.take(copy.id));
    this.#put(place, chat);
  }

  /** Shows a conversation of an earlier version, which was in no file. */
  async adopt(place: Place, record: KeptConversation["record"]): Promise<Chat> {
    const chat = this.#make({ ...newKept(randomUUID(), this.#parts.workspace(), Date.now()), record }, null);
    this.#put(place, chat);
    await chat.keep();
    return chat;
  }

  /** Moves a place's chat to another place; a new one begins in its stead. */
  move(from: Place, to: Place): void {
    const chat = this.at(from);
    this.#at.delete(from);
    this.begin(from);
    this.#put(to, chat);
  }

  /** A place is no more; its chat goes to the history. */
  leave(place: Place): void {
    const chat = this.#at.get(place);
    this.#at.delete(place);
    this.#places = this.#places.filter((other) => other !== place);
    if (chat !== undefined) this.#retire(chat);
  }

  /**
   * Gives a conversation another title.
   * @throws Failure "chat-missing", "chat-damaged" or "chat-open-elsewhere"
   */
  async rename(id: string, title: string | null): Promise<void> {
    const here = this.find(id);
    if (here !== undefined) {
      here.rename(title);
      this.#tellTitle(here);
      return await here.keep();
    }
    await this.#holding(id, async () => {
      const { library } = this.#parts;
      await library.write({ ...await library.read(id), title });
    });
  }

  /** Whether a conversation has a file. */
  async isKept(id: string): Promise<boolean> {
    return (await this.#parts.library.ids()).includes(id);
  }

  /** The conversation as it is now. @throws Failure "chat-missing" or "chat-damaged" */
  async read(id: string): Promise<KeptConversation> {
    return this.find(id)?.kept ?? await this.#parts.library.read(id);
  }

  /**
   * Deletes a conversation, and the pictures that no other uses.
   * @throws Failure "chat-open-elsewhere"
   */
  async delete(id: string): Promise<void> {
    await this.#inTurn(async () => {
      const here = this.find(id);
      if (here === undefined) await this.#holding(id, () => this.#remove(id));
      else await this.#deleteOpen(here);
    });
  }

  /** Deletes every conversation that no other window has open. @returns how many those are */
  async deleteAll(): Promise<number> {
    const ids = new Set([...await this.#parts.library.ids(), ...[...this.#open].map(({ id }) => id)]);
    let leftCount = 0;
    for (const id of ids) {
      await this.delete(id).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        leftCount++;
      });
    }
    return leftCount;
  }

  /** Writes everything down. */
  async keep(): Promise<void> {
    await Promise.all([...this.#open].map((chat) => chat.keep()));
  }

  /** Ends everything, because the window closes. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((chat) => chat.close()));
  }

  async #read(id: string): Promise<Chat> {
    const lease = await this.#lease(id);
    try {
      return this.#make(await this.#parts.library.read(id), lease);
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  async #lease(id: string): Promise<Lease> {
    const lease = await this.#parts.leases.take(id);
    if (lease !== null) return lease;
    throw new Failure("chat-open-elsewhere", "This chat is open in another window.");
  }

  async #holding(id: string, act: () => Promise<void>): Promise<void> {
    const lease = await this.#lease(id);
    try {
      await act();
    } finally {
      await lease.release();
    }
  }

  #make(kept: KeptConversation, lease: Lease | null): Chat {
    const { preparesAhead } = this.#parts;
    const chat: Chat = new Chat(
      {
        ...this.#parts,
        preparesAhead: () => preparesAhead() && this.#isFreeFor(chat),
        sourceOf: ({ picture }) => this.placeOf(chat)?.page.sourceOf(shownFileName(picture)) ?? "",
        onEvent: (event) => this.#changed(chat, event),
        onRenewed: () => this.#tellOpened(chat),
      },
      kept,
      lease,
    );
    return chat;
  }

  #put(place: Place, chat: Chat): void {
    const before = this.#at.get(place);
    this.#at.set(place, chat);
    if (!this.#places.includes(place)) this.#places = [...this.#places, place];
    if (before !== undefined && before !== chat) this.#retire(before);
    if (!this.#open.has(chat)) {
      this.#open.add(chat);
      void chat.check();
    }
    this.#tellOpened(chat);
    chat.setWatched(true);
  }

  #tellOpened(chat: Chat): void {
    const conversation: ShownConversation = chat.panel;
    this.placeOf(chat)?.page.post({ kind: "opened", conversation });
    this.#tellTitle(chat);
  }

  #tellTitle(chat: Chat): void {
    const place = this.placeOf(chat);
    if (place === undefined) return;
    place.setTitle(chat.title);
    this.#parts.onPlaced(place, chat);
  }

  /** Closes a chat that is shown nowhere, unless an answer or a reading is still in work. */
  #retire(chat: Chat): void {
    chat.setWatched(false);
    if (chat.isBusy || this.placeOf(chat) !== undefined || !this.#open.has(chat)) return;
    this.#open.delete(chat);
    this.#inTurn(() => chat.close()).catch((error: unknown) => {
      this.#parts.log.error(`chat: not closed, ${String(error)}`);
    });
  }

  #changed(chat: Chat, event: ConversationEvent): void {
    const { kind } = event;
    const place = this.placeOf(chat);
    place?.page.post(event);
    if (kind === "asked" || kind === "attached" || kind === "turns") this.#tellTitle(chat);
    const hasBegun = kind === "asked" || kind === "continued" || kind === "turns";
    const hasEnded = kind === "done" || kind === "failed" || kind === "stopped";
    if ((hasEnded || READING.includes(kind)) && place === undefined) {
      this.#retire(chat);
    }
    if (!hasBegun && !hasEnded) return;
    for (const other of this.#at.values()) {
      // What is prepared for other chats would hold the answer up.
      if (other !== chat) other.setWatched(this.#isFreeFor(other));
    }
  }

  /** Whether nothing but a chat itself keeps the engine busy. */
  #isFreeFor(chat: Chat): boolean {
    return ![...this.#open].some((other) => other !== chat && other.conversation.isBusy);
  }

  async #deleteOpen(chat: Chat): Promise<void> {
    const place = this.placeOf(chat);
    const { id } = chat;
    this.#open.delete(chat);
    await chat.abandon();
    await this.#remove(id, JSON.stringify(chat.kept.record));
    if (place === undefined) return;
    this.#at.delete(place);
    this.begin(place);
  }

  /** @param text what is known of it beside its file */
  async #remove(id: string, text = ""): Promise<void> {
    const { library, pictures } = this.#parts;
    const hashes = await pictures.namedBy(id);
    await library.remove(id);
    await this.keep();
    await pictures.removeUnused(new Set([...hashes, ...hashesIn(text)]));
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const acting = this.#acting.then(act);
    this.#acting = acting.catch(() => {});
    return await acting;
  }
}
