// The chat behind its view: a conversation that is kept, and what a person does with it.

import { join } from "node:path";
import type { Memento, Uri } from "vscode";
import type { PictureStore } from "../host/picture_store.ts";
import { recordingFileName, type RecordingRef } from "../host/recording_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import type { PanelFailure, ThinkingDepth } from "../protocol/panel.ts";
import type { AskedBox } from "../protocol/region_messages.ts";
import type { VideoSampling } from "../protocol/video_reader.ts";
import { Answers } from "./answers.ts";
import { animationSource, type AnimationUse, bytesSource, fileSource } from "./attachment_sources.ts";
import { Attachments } from "./attachments.ts";
import {
  type AskOptions,
  type Attachment,
  type ConversationRecord,
  sentPictures,
  type SourceOf,
} from "./chat_turn.ts";
import { Conversation, type ConversationEvent } from "./conversation.ts";
import { editedName } from "./edited_name.ts";
import { describeFailure, type Translate, type Wanted } from "./error_messages.ts";
import { Preparation } from "./preparation.ts";
import { makeShown } from "./picture_copies.ts";
import { usePictures } from "./picture_use.ts";
import { type ReadStored, Recordings } from "./recordings.ts";
import { restore, save } from "./saved_conversation.ts";
import type { SendRequest } from "./sidecar.ts";

/** Where the conversation is kept between windows. */
const KEPT_AS = "conversation";

/** A streaming answer is kept at most this often. */
const KEEP_EVERY_MS = 2_000;

/** Nano was trained on exactly these words. */
export const EXPLAIN = "Explain this image.";
/** What is asked about a recording unless a person asks something else. */
export const EXPLAIN_RECORDING = "Describe what happens in this recording, step by step, with times.";

/** What a chat needs from outside. */
export interface ChatParts {
  readonly kept: Memento;
  readonly store: PictureStore;
  readonly request: SendRequest;
  readonly readStored: ReadStored;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
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
  readonly #recordings: Recordings;
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
    this.#recordings = new Recordings({
      ...parts,
      conversation,
      touch: (stored) => this.#touch(stored),
      describe: describe("picture"),
    });
    this.#attachments = new Attachments({
      conversation,
      recordings: this.#recordings,
      request,
      log,
      describe: describe("picture"),
    });
    this.#answers = new Answers({
      conversation,
      request,
      log,
      describe: describe("answer"),
      useAttachments: (attachments, signal) => this.#useAttachments(attachments, signal),
    });
  }

  /** Looks after the pictures of a conversation that comes from an earlier window. */
  async check(): Promise<void> {
    const { turns, attachments } = this.conversation.record;
    const all = [...attachments, ...turns.flatMap(({ question }) => question.attachments)];
    await this.#usePictures(picturesOf(all));
    // Frames that are gone are read again when they are needed.
    await this.#touch(
      all.flatMap((attachment) =>
        attachment.kind === "picture" || attachment.file === null
          ? []
          : [attachment.file, ...sentPictures(attachment)]
      ),
    );
    for (const attachment of attachments) {
      if (attachment.kind === "picture" && this.#missing.has(attachment.picture.sha256)) {
        this.conversation.detach(attachment.id);
      }
    }
    this.#recordings.resume();
  }

  /** Attaches the files at addresses. @returns the ids of those that were not refused */
  async attachFiles(uris: readonly Uri[], use: AnimationUse = "picture"): Promise<readonly string[]> {
    const ids = await Promise.all(
      uris.map((uri) => this.#attachments.add(fileSource(uri, use, this.#sourceParts))),
    );
    return ids.filter((id) => id !== null);
  }

  /** Attaches the bytes of a picture or a recording. */
  async attachBytes(bytes: Uint8Array, name: string): Promise<void> {
    await this.#attachments.add(bytesSource(bytes, name, this.#sourceParts));
  }

  /** Sends other frames of a recording that goes with the next question. */
  changeSampling(id: string, sampling: VideoSampling): void {
    this.#recordings.change(id, sampling);
  }

  /** Sends an animated picture of the next question as a recording. */
  async useAsRecording(id: string): Promise<void> {
    const attachment = this.conversation.attachment(id);
    if (attachment?.kind !== "picture") return;
    const { picture, origin } = attachment;
    const source = await animationSource(picture, origin, this.#sourceParts);
    if (source !== null) this.#recordings.beginInPlace(id, source);
  }

  /** Sends only the first frame of an animated picture that was to be sent as a recording. */
  async useFirstFrame(id: string): Promise<void> {
    const attachment = this.conversation.attachment(id);
    if (attachment?.kind !== "recording" || attachment.file === null) return;
    const { file, name, origin } = attachment;
    await this.#attachments.addInPlace(id, {
      origin,
      store: () =>
        this.#shown(this.#parts.store.addFile(this.#pathOf(file)).then((ref) => ({ ...ref, name }))),
    });
  }

  /**
   * Puts an edited picture in the place of one that waits for the next question; the page is told why when it cannot
   * be used.
   * @returns the picture whose place it took
   */
  async replaceAttachment(id: string, bytes: Uint8Array): Promise<PictureRef | null> {
    const { store, t } = this.#parts;
    const replaced = this.conversation.record.attachments.find((attachment) => attachment.id === id);
    if (replaced?.kind !== "picture") {
      this.conversation.refuseReplacing(id, notThere(t));
      return null;
    }
    const name = editedName(replaced.picture.name);
    const isReplaced = await this.#attachments.replacePicture(
      id,
      () => this.#shown(store.addBytes(bytes, name)),
    );
    return isReplaced ? replaced.picture : null;
  }

  /** Has the sidecar forget what it made of pictures that were deleted. */
  async forgetGone(): Promise<void> {
    await this.#parts.request("sightline/forgetGone", {});
  }

  /** Asks about everything that is attached, or about a part of a picture. */
  async ask(text: string, depth: ThinkingDepth, asked?: AskedBox): Promise<void> {
    const { conversation } = this;
    // What was refused meanwhile is told, and the person asks without it if they want to.
    if (!await this.#attachments.stored()) return;
    const { attachments } = conversation.record;
    if (text.trim() === "" && attachments.length === 0) return;
    const picture = asked === undefined ? undefined : conversation.attachment(asked.pictureId);
    if (asked !== undefined && picture?.kind !== "picture") {
      conversation.refuse(notThere(this.#parts.t));
      return;
    }
    const about = asked === undefined || picture?.kind !== "picture"
      ? undefined
      : { picture, box: asked.box };
    const usual = attachments.some(({ kind }) => kind === "recording") ? EXPLAIN_RECORDING : EXPLAIN;
    this.#answers.add(conversation.ask(text.trim() || usual, depth, undefined, about));
    conversation.dismissRefusals();
  }

  /** Attaches files and has them explained, unless all of them are refused. @param use what animated pictures are */
  async explain(uris: readonly Uri[], use: AnimationUse = "picture"): Promise<void> {
    const { conversation } = this;
    conversation.dismissRefusals();
    const ids = new Set(await this.attachFiles(uris, use));
    const attached = conversation.record.attachments.filter(({ id }) => ids.has(id));
    if (attached.length === 0) return;
    const text = attached.some(({ kind }) => kind === "recording") ? EXPLAIN_RECORDING : EXPLAIN;
    this.#answers.add(conversation.ask(text, "off", attached.map(({ id }) => id)));
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
    if (event.kind === "detached" || event.kind === "opened") this.#recordings.stopUnwanted();
    this.#preparation.changed(event.kind);
    const isStreaming = ["stage", "thinking", "answer", "recording-progress"].includes(event.kind);
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

  get #sourceParts() {
    return { store: this.#parts.store, shown: (storing: Promise<PictureRef>) => this.#shown(storing) };
  }

  #pathOf(stored: PictureRef | RecordingRef): string {
    const { store } = this.#parts;
    return "format" in stored ? join(store.folder, recordingFileName(stored)) : store.pathOf(stored);
  }

  async #touch(stored: readonly (PictureRef | RecordingRef)[]): Promise<ReadonlySet<string>> {
    return await usePictures((one) => this.#pathOf(one), stored);
  }

  /** Notes that attachments are in use, and gives the hashes of pictures that are gone and stay so. */
  async #useAttachments(
    attachments: readonly Attachment[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const recordings = attachments.filter((attachment) => attachment.kind === "recording");
    const missing = await this.#usePictures(picturesOf(attachments));
    const lost = await this.#recordings.use(recordings, signal);
    for (const { name, video } of recordings) {
      const gone = video?.frames.find(({ picture }) => lost.has(picture.sha256))?.picture;
      if (gone !== undefined) this.#tellMissing({ ...gone, name });
    }
    return new Set([...missing, ...lost]);
  }

  /** Notes that pictures are in use, and says once of each that is gone. */
  async #usePictures(pictures: readonly PictureRef[]): Promise<ReadonlySet<string>> {
    const missing = await this.#touch(pictures);
    for (const picture of pictures) if (missing.has(picture.sha256)) this.#tellMissing(picture);
    return missing;
  }

  #tellMissing({ sha256, name }: PictureRef): void {
    const { t } = this.#parts;
    if (this.#missing.has(sha256)) return;
    this.#missing.add(sha256);
    this.conversation.refuse({
      kind: "picture-missing",
      headline: t("{0} is no longer there.", `“${name}”`),
      message: t("Its copy on this machine is gone, and answers do not see it any more. Add it again."),
      actions: [],
    });
  }
}

function picturesOf(attachments: readonly Attachment[]): PictureRef[] {
  return attachments.flatMap((attachment) => attachment.kind === "picture" ? [attachment.picture] : []);
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
