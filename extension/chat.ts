// A conversation that is open: kept in its file, and what a person does with it. Where it is shown is not its matter;
// while it is shown nowhere it goes on.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Uri } from "vscode";
import type { PictureStore } from "../host/picture_store.ts";
import { recordingFileName, type RecordingRef } from "../host/recording_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import type { Draft, PanelFailure, ShownConversation, ThinkingDepth } from "../protocol/panel.ts";
import type { AskedBox } from "../protocol/region_messages.ts";
import type { VideoSampling } from "../protocol/video_reader.ts";
import { Answers } from "./answers.ts";
import { animationSource, type AnimationUse, bytesSource, type SourceParts } from "./attachment_sources.ts";
import { Attachments, type AttachmentSource } from "./attachments.ts";
import {
  type AskOptions,
  type Attachment,
  EXPLAIN,
  EXPLAIN_RECORDING,
  sentPictures,
  type SourceOf,
} from "./chat_turn.ts";
import { Conversation, type ConversationEvent } from "./conversation.ts";
import { editedName } from "./edited_name.ts";
import { describeFailure, type Translate, type Wanted } from "./error_messages.ts";
import { Keeper } from "./history/keeper.ts";
import { isEmpty, type KeptConversation } from "./history/kept_conversation.ts";
import type { Lease, Leases } from "./history/leases.ts";
import type { Library } from "./history/library.ts";
import type { StoredPictures } from "./history/stored_pictures.ts";
import { titleOf } from "./history/title.ts";
import { makeShown } from "./picture_copies.ts";
import { usePictures } from "./picture_use.ts";
import { Preparation } from "./preparation.ts";
import { type ReadStored, Recordings } from "./recordings.ts";
import type { SendRequest } from "./sidecar.ts";

/** Pieces of answers, which come many times a second. */
const STREAMING: readonly ConversationEvent["kind"][] = ["stage", "thinking", "answer", "recording-progress"];

/** What becomes of a conversation that is of no interest to its file. */
const PASSING: readonly ConversationEvent["kind"][] = ["need", "refused", "refusal-dismissed"];

/** What a chat needs from outside. */
export interface ChatParts {
  readonly library: Pick<Library, "write" | "remove">;
  readonly leases: Pick<Leases, "take">;
  readonly store: PictureStore;
  /** The file at an address. */
  readonly fileSource: (uri: Uri, use: AnimationUse, parts: SourceParts) => AttachmentSource;
  /** A picture has come into the store. */
  readonly onStored: () => void;
  readonly pictures: Pick<StoredPictures, "isUsedBeside">;
  readonly request: SendRequest;
  readonly readStored: ReadStored;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: { info(line: string): void; error(line: string): void };
  readonly onEvent: (event: ConversationEvent) => void;
  /** It goes on under another id, as a copy of what another window has. */
  readonly onRenewed: () => void;
  readonly sourceOf: SourceOf;
  readonly t: Translate;
  /** Whether pictures are looked at before the question is asked. */
  readonly preparesAhead: () => boolean;
}

/** What is known about a conversation beside what was said. */
type About = Omit<KeptConversation, "record">;

/** A chat. */
export class Chat {
  readonly conversation: Conversation;
  readonly #parts: ChatParts;
  readonly #attachments: Attachments;
  readonly #recordings: Recordings;
  readonly #answers: Answers;
  readonly #preparation: Preparation;
  readonly #missing = new Set<string>();
  readonly #keeper: Keeper;
  #about: About;
  #isKeepingBroken = false;

  /** @param lease the right to write it; null for one that has no file yet */
  constructor(parts: ChatParts, { record, ...about }: KeptConversation, lease: Lease | null) {
    const { request, log, sourceOf } = parts;
    this.#parts = parts;
    this.#about = about;
    this.#keeper = new Keeper({
      take: () => parts.leases.take(this.id),
      isWanted: () => !this.isEmpty,
      write: () => this.#write(),
      onLost: () => this.#renew(),
      onError: (error) => this.#notKept(error),
    }, lease);
    const conversation = new Conversation(
      { onEvent: (event) => this.#changed(event), sourceOf },
      record,
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

  /** Names the conversation. */
  get id(): string {
    return this.#about.id;
  }

  get title(): string {
    return titleOf(this.kept, this.#parts.t);
  }

  /** The conversation as its file has it, or will have it soon. */
  get kept(): KeptConversation {
    return { ...this.#about, record: this.conversation.record };
  }

  /** What the page shows of it. */
  get panel(): ShownConversation {
    return { id: this.id, ...this.conversation.panel };
  }

  /** Whether an answer or a reading is in work. */
  get isBusy(): boolean {
    const { record: { attachments }, isBusy } = this.conversation;
    return isBusy || attachments.some((one) => one.kind === "recording" && one.progress !== null);
  }

  get isEmpty(): boolean {
    return isEmpty(this.conversation.record);
  }

  /** Gives it another title; null leaves the choice to its first question. */
  rename(title: string | null): void {
    this.#about = { ...this.#about, title };
    this.#keeper.changed(true);
  }

  /** Keeps the question that is being written. */
  write(draft: Draft): void {
    this.conversation.write(draft);
    this.#keeper.changed(false);
  }

  /** Whether a person has it in view with nothing else in work; only then its next question is prepared. */
  setWatched(isWatched: boolean): void {
    this.#preparation.changed(isWatched ? "watched" : "unwatched");
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
      uris.map((uri) => this.#attachments.add(this.#parts.fileSource(uri, use, this.#sourceParts))),
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

  /** Whether this conversation or another kept one is made of a picture. */
  async uses(picture: PictureRef): Promise<boolean> {
    return this.conversation.uses(picture) ||
      await this.#parts.pictures.isUsedBeside(this.id, picture.sha256);
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
    const { attachments, draft } = conversation.record;
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
    // The page takes the question out of its field by itself; if it is gone before that, this counts.
    if (draft.text.trim() === text.trim()) conversation.write({ text: "", depth: draft.depth });
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

  /** Writes down what has not been written yet. */
  async keep(): Promise<void> {
    await this.#keeper.flush();
  }

  /** Stops everything, writes it down and lets other windows have it. */
  async close(): Promise<void> {
    this.#end();
    await this.#keeper.close();
  }

  /** Stops everything and lets go of the file without writing it again. */
  async abandon(): Promise<void> {
    this.#end();
    await this.#keeper.discard();
  }

  #end(): void {
    this.#answers.stopAll();
    this.#recordings.stopAll();
    this.setWatched(false);
  }

  #answer(turnId: string | undefined): void {
    if (turnId !== undefined) this.#answers.add(turnId);
  }

  async #write(): Promise<void> {
    const { library } = this.#parts;
    if (this.isEmpty) await library.remove(this.id);
    else await library.write(this.kept);
    this.#isKeepingBroken = false;
  }

  /** Another window has taken the file over, as it may after this one was asleep. What is here becomes a copy. */
  #renew(): void {
    this.#about = { ...this.#about, id: randomUUID() };
    this.#parts.log.error("chat: another window has it now; it goes on as a copy");
    this.#parts.onRenewed();
  }

  #notKept(error: unknown): void {
    const { log, t } = this.#parts;
    log.error(`chat: not kept, ${String(error)}`);
    // Every piece of an answer would say so again.
    if (this.#isKeepingBroken) return;
    this.#isKeepingBroken = true;
    this.conversation.refuse({
      kind: "storage-failed",
      headline: t("This chat is not being saved."),
      message: t("Its file cannot be written: {0}", error instanceof Error ? error.message : String(error)),
      actions: ["show-log"],
    });
  }

  #changed(event: ConversationEvent): void {
    const { kind } = event;
    if (!PASSING.includes(kind)) {
      this.#about = { ...this.#about, changedMs: Date.now() };
      this.#keeper.changed(!STREAMING.includes(kind));
    }
    this.#parts.onEvent(event);
    if (kind === "detached") this.#recordings.stopUnwanted();
    this.#preparation.changed(kind);
  }

  /** Sees to it that the page can show a picture, and that it is kept for as long as a new one. */
  async #shown(storing: Promise<PictureRef>): Promise<PictureRef> {
    const picture = await storing;
    await makeShown(this.#parts.store.pathOf(picture), picture);
    await this.#usePictures([picture]);
    this.#parts.onStored();
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
