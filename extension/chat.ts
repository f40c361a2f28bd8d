// The chat behind its view: a conversation that is kept, and what a person does with it.

import type { Memento, Uri } from "vscode";
import type { PictureStore } from "../host/picture_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import type { PanelFailure, ThinkingDepth } from "../protocol/panel.ts";
import type { AskedBox } from "../protocol/region_messages.ts";
import { Answers } from "./answers.ts";
import { Attachments } from "./attachments.ts";
import type { AskOptions, ConversationRecord, SourceOf } from "./chat_turn.ts";
import { Conversation, type ConversationEvent } from "./conversation.ts";
import { editedName } from "./edited_name.ts";
import { describeFailure, type Translate, type Wanted } from "./error_messages.ts";
import { storePictureAt } from "./picture_reader.ts";
import { Preparation } from "./preparation.ts";
import { makeShown } from "./picture_copies.ts";
import { usePictures } from "./picture_use.ts";
import { restore, save } from "./saved_conversation.ts";
import type { SendRequest } from "./sidecar.ts";

/** Where the conversation is kept between windows. */
const KEPT_AS = "conversation";

/** A streaming answer is kept at most this often. */
const KEEP_EVERY_MS = 2_000;

/** Nano was trained on exactly these words. */
export const EXPLAIN = "Explain this image.";

/** What a chat needs from outside. */
export interface ChatParts {
  readonly kept: Memento;
  readonly store: PictureStore;
  readonly request: SendRequest;
  readonly log: { info(line: string): void; error(line: string): void };
  readonly onEvent: (event: ConversationEvent) => void;
  readonly sourceOf: SourceOf;
  readonly t: Translate;
  /** Whether pictures are looked at before the question is asked. */
  readonly preparesAhead: () => boolean;
}

/** A chat. */
export class Chat {
  readonly conversation: Conversation;
  readonly #parts: ChatParts;
  readonly #attachments: Attachments;
  readonly #answers: Answers;
  readonly #preparation: Preparation;
  readonly #missing = new Set<string>();
  #keptMs = 0;

  constructor(parts: ChatParts) {
    const { request, log, sourceOf } = parts;
    this.#parts = parts;
    const conversation = new Conversation(
      { onEvent: (event) => this.#changed(event), sourceOf },
      this.#restore(),
    );
    const describe = (wanted: Wanted) => (error: unknown) => describeFailure(error, wanted, parts.t);
    this.conversation = conversation;
    this.#preparation = new Preparation({
      conversation,
      request,
      log,
      isMissing: ({ sha256 }) => this.#missing.has(sha256),
      isWanted: parts.preparesAhead,
    });
    this.#attachments = new Attachments({ conversation, request, log, describe: describe("picture") });
    this.#answers = new Answers({
      conversation,
      request,
      log,
      describe: describe("answer"),
      usePictures: (pictures) => this.#usePictures(pictures),
    });
  }

  /** Looks after the pictures of a conversation that comes from an earlier window. */
  async check(): Promise<void> {
    const { turns, attachments } = this.conversation.record;
    const all = [...attachments, ...turns.flatMap(({ question }) => question.pictures)];
    await this.#usePictures(all.map(({ picture }) => picture));
    for (const { id, picture } of attachments) {
      if (this.#missing.has(picture.sha256)) this.conversation.detach(id);
    }
  }

  /** Attaches the picture files at addresses. @returns the ids of those that were not refused */
  async attachFiles(uris: readonly Uri[]): Promise<readonly string[]> {
    const ids = await Promise.all(uris.map((uri) =>
      this.#attachments.add({
        store: () => this.#shown(storePictureAt(uri, this.#parts.store)),
        origin: uri.toString(),
      })
    ));
    return ids.filter((id) => id !== null);
  }

  /** Attaches the bytes of a picture. */
  async attachBytes(bytes: Uint8Array, name: string): Promise<void> {
    const store = () => this.#shown(this.#parts.store.addBytes(bytes, name));
    await this.#attachments.add({ store, origin: null });
  }

  /**
   * Puts an edited picture in the place of one that waits for the next question; the page is told why when it cannot
   * be used.
   * @returns the picture whose place it took
   */
  async replaceAttachment(id: string, bytes: Uint8Array): Promise<PictureRef | null> {
    const { store, t } = this.#parts;
    const replaced = this.conversation.record.attachments.find((attachment) => attachment.id === id)?.picture;
    if (replaced === undefined) {
      this.conversation.refuseReplacing(id, notThere(t));
      return null;
    }
    const name = editedName(replaced.name);
    const isReplaced = await this.#attachments.replace(id, () => this.#shown(store.addBytes(bytes, name)));
    return isReplaced ? replaced : null;
  }

  /** Has the sidecar forget what it made of pictures that were deleted. */
  async forgetGone(): Promise<void> {
    await this.#parts.request("sightline/forgetGone", {});
  }

  /** Asks about everything that is attached, or about a part of a picture. */
  async ask(text: string, depth: ThinkingDepth, asked?: AskedBox): Promise<void> {
    const { conversation } = this;
    await this.#attachments.stored();
    const hasPictures = conversation.record.attachments.length > 0;
    if (text.trim() === "" && !hasPictures) return;
    const picture = asked === undefined ? undefined : conversation.attachment(asked.pictureId);
    if (asked !== undefined && picture === undefined) {
      conversation.refuse(notThere(this.#parts.t));
      return;
    }
    const about = asked === undefined || picture === undefined ? undefined : { picture, box: asked.box };
    this.#answers.add(conversation.ask(text.trim() || EXPLAIN, depth, undefined, about));
    conversation.dismissRefusals();
  }

  /** Attaches picture files and has them explained, unless all of them are refused. */
  async explain(uris: readonly Uri[]): Promise<void> {
    const { conversation } = this;
    conversation.dismissRefusals();
    const ids = new Set(await this.attachFiles(uris));
    const attached = conversation.record.attachments.map(({ id }) => id).filter((id) => ids.has(id));
    if (attached.length > 0) this.#answers.add(conversation.ask(EXPLAIN, "off", attached));
  }

  stop(turnId: string): void {
    this.#answers.stop(turnId);
  }

  /** Ends the trace of an answer in work, so that the answer itself begins. */
  async skipThinking(turnId: string): Promise<void> {
    await this.#answers.skipThinking(turnId);
  }

  /** Asks a question again, at the end of the conversation. */
  retry(turnId: string, options: AskOptions = {}): void {
    this.#answer(this.conversation.askAgain(turnId, options));
  }

  /** Asks a question in other words, in its place. */
  edit(turnId: string, text: string): void {
    if (text.trim() !== "") this.#answer(this.conversation.edit(turnId, text.trim()));
  }

  /** Goes on with an answer that was cut off or stopped. */
  goOn(turnId: string): void {
    if (this.conversation.goOn(turnId)) this.#answers.add(turnId);
  }

  /** Shows why something could not be attached. */
  refuse(failure: PanelFailure): void {
    this.conversation.refuse(failure);
  }

  /** Stops everything and forgets the conversation. */
  clear(): void {
    this.#answers.stopAll();
    this.conversation.open();
  }

  /** Writes the conversation down. */
  async keep(): Promise<void> {
    this.#keptMs = performance.now();
    await this.#parts.kept.update(KEPT_AS, save(this.conversation.record));
  }

  #answer(turnId: string | undefined): void {
    if (turnId !== undefined) this.#answers.add(turnId);
  }

  #restore(): ConversationRecord | undefined {
    const { kept, log } = this.#parts;
    const value = kept.get(KEPT_AS);
    const record = restore(value);
    if (value !== undefined && record === null) {
      log.error("chat: the conversation of an earlier version cannot be read; a new one begins");
    }
    return record ?? undefined;
  }

  #changed(event: ConversationEvent): void {
    this.#parts.onEvent(event);
    this.#preparation.changed(event.kind);
    const isStreaming = ["stage", "thinking", "answer"].includes(event.kind);
    if (isStreaming && performance.now() - this.#keptMs < KEEP_EVERY_MS) return;
    this.keep().catch((error: unknown) => this.#parts.log.error(`chat: not kept, ${String(error)}`));
  }

  /** Sees to it that the page can show a picture, and that it is kept for as long as a new one. */
  async #shown(storing: Promise<PictureRef>): Promise<PictureRef> {
    const picture = await storing;
    await makeShown(this.#parts.store.pathOf(picture), picture);
    await this.#usePictures([picture]);
    return picture;
  }

  /** Notes that pictures are in use, and says once of each that is gone. */
  async #usePictures(pictures: readonly PictureRef[]): Promise<ReadonlySet<string>> {
    const { store, t } = this.#parts;
    const missing = await usePictures((picture) => store.pathOf(picture), pictures);
    for (const { sha256, name } of pictures) {
      if (!missing.has(sha256) || this.#missing.has(sha256)) continue;
      this.#missing.add(sha256);
      this.conversation.refuse({
        kind: "picture-missing",
        headline: t("{0} is no longer there.", `“${name}”`),
        message: t("Its copy on this machine is gone, and answers do not see it any more. Add it again."),
        actions: [],
      });
    }
    return missing;
  }
}

/** What is said of a picture that was taken off meanwhile. */
function notThere(t: Translate): PanelFailure {
  return {
    kind: "picture-missing",
    headline: t("The picture is no longer there."),
    message: t("It was removed meanwhile. Add it again."),
    actions: [],
  };
}
