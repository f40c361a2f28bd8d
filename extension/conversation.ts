// The source of truth about the chat: questions, answers, pictures and refusals. Every change is told as the event
// that the panel's page applies too. Knows neither the editor nor the sidecar.

import { randomUUID } from "node:crypto";
import type { PictureReceipt, PictureRef, VideoReceipt } from "../protocol/conversation.ts";
import type {
  AnswerNumbers,
  AnswerState,
  ContextUse,
  Draft,
  PanelFailure,
  PanelTurn,
  Refusal,
  ShownConversation,
  ThinkingDepth,
  ToPanel,
} from "../protocol/panel.ts";
import type { ReadingProgress } from "../protocol/recording_messages.ts";
import type { GenerateProgress } from "../protocol/sidecar.ts";
import {
  type AboutBox,
  type AskOptions,
  type Attachment,
  type ChatTurn,
  type ConversationRecord,
  EMPTY,
  type RecordingAttachment,
  sentPictures,
  type SourceOf,
  toPanelAttachment,
  toPanelRecording,
  toPanelTurn,
} from "./chat_turn.ts";
import { withReceipt } from "./recording_receipts.ts";
import { latestAfter, pathTo, versionsOf } from "./turn_tree.ts";

/** What tells the page of a change; the engine's state is not the conversation's. */
export type ConversationEvent = Exclude<ToPanel, { kind: "init" | "opened" | "engine" | "focus" | "files" }>;

/** What a conversation needs from outside. */
export interface ConversationParts {
  readonly onEvent: (event: ConversationEvent) => void;
  readonly sourceOf: SourceOf;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** A conversation. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #now: () => number;
  #turns: readonly ChatTurn[];
  #lastId: string | null;
  #attachments: readonly Attachment[];
  #draft: Draft;
  #refusals: readonly Refusal[] = [];
  #need: ContextUse | null = null;
  /** When the trace of the turn in work began. */
  readonly #thinkingSince = new Map<string, number>();

  constructor(parts: ConversationParts, kept: ConversationRecord = EMPTY) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#turns = kept.turns;
    this.#lastId = kept.lastId;
    this.#attachments = kept.attachments;
    this.#draft = kept.draft;
  }

  get record(): ConversationRecord {
    return {
      turns: this.#turns,
      lastId: this.#lastId,
      attachments: this.#attachments,
      draft: this.#draft,
    };
  }

  /** What the page shows of it. */
  get panel(): Omit<ShownConversation, "id"> {
    return {
      turns: this.#shownTurns(),
      attachments: this.#attachments.map((attachment) => toPanelAttachment(attachment, this.#parts.sourceOf)),
      draft: this.#draft,
      refusals: this.#refusals,
      need: this.#need,
    };
  }

  /** The turns up to one, or all that are shown. */
  path(lastId = this.#lastId): readonly ChatTurn[] {
    return pathTo(this.#turns, lastId);
  }

  /** Whether an answer is in work or waits for its turn. */
  get isBusy(): boolean {
    return this.#turns.some(({ state }) => state.kind === "working");
  }

  turn(id: string): ChatTurn | undefined {
    return this.#turns.find((turn) => turn.id === id);
  }

  /** What goes with the next question or went with an earlier one. */
  attachment(id: string): Attachment | undefined {
    return [...this.#attachments, ...this.#turns.flatMap(({ question }) => question.attachments)]
      .find((attachment) => attachment.id === id);
  }

  /** Whether a picture waits for the next question or stands in any version of an earlier one. */
  uses({ sha256 }: PictureRef): boolean {
    return [...this.#attachments, ...this.#turns.flatMap(({ question }) => question.attachments)]
      .some((attachment) =>
        sentPictures(attachment).some((picture) => picture.sha256 === sha256) ||
        attachment.kind === "recording" && attachment.file?.sha256 === sha256
      );
  }

  /** Puts a picture to the next question and gives its id. */
  attach(picture: PictureRef, origin: string | null): string {
    return this.#attach({ kind: "picture", id: randomUUID(), picture, origin, receipt: null });
  }

  /** Puts a recording that is still to be stored and read to the next question and gives its id. */
  attachRecording(name: string, origin: string | null): string {
    return this.#attach(newRecording(name, origin));
  }

  /** Puts another attachment, of a picture or of a recording that is still to be read, into the place of one. */
  replace(
    id: string,
    by: Pick<RecordingAttachment, "name" | "origin"> | { picture: PictureRef; origin: string | null },
  ): string | undefined {
    if (!this.#attachments.some((attachment) => attachment.id === id)) return undefined;
    const attachment: Attachment = "picture" in by
      ? { kind: "picture", id: randomUUID(), ...by, receipt: null }
      : newRecording(by.name, by.origin);
    this.#attachments = this.#attachments.map((other) => other.id === id ? attachment : other);
    this.#tell({
      kind: "attachment-replaced",
      id,
      attachment: toPanelAttachment(attachment, this.#parts.sourceOf),
    });
    return attachment.id;
  }

  /** Says that a picture was not replaced. */
  refuseReplacing(id: string, failure: PanelFailure): void {
    this.#tell({ kind: "attachment-not-replaced", id, failure });
  }

  /** Takes an attachment off the next question. */
  detach(id: string): void {
    if (!this.#attachments.some((attachment) => attachment.id === id)) return;
    this.#attachments = this.#attachments.filter((attachment) => attachment.id !== id);
    this.#tell({ kind: "detached", id });
  }

  /** Notes what the sidecar has confirmed about a picture, wherever it waits for that. */
  confirm(receipt: PictureReceipt): void {
    const isMeant = (attachment: Attachment) =>
      attachment.kind === "picture" && attachment.receipt === null &&
      attachment.picture.sha256 === receipt.sha256;
    const confirmed = (attachment: Attachment): Attachment =>
      attachment.kind === "picture" && isMeant(attachment) ? { ...attachment, receipt } : attachment;
    const attached = this.#attachments.filter(isMeant);
    this.#attachments = this.#attachments.map(confirmed);
    for (const { id } of attached) this.#tell({ kind: "attachment-confirmed", id, receipt });
    for (const { id: turnId, question } of this.#turns) {
      const asked = question.attachments.filter(isMeant);
      if (asked.length === 0) continue;
      this.#change(turnId, { question: { ...question, attachments: question.attachments.map(confirmed) } });
      for (const { id } of asked) this.#tell({ kind: "receipt", turnId, pictureId: id, receipt });
    }
  }

  /** Notes how far the next question is written. Where it is written, it is shown already. */
  write(draft: Draft): void {
    this.#draft = draft;
  }

  /** Notes what has become of a recording of the next question. */
  changeRecording(id: string, change: Partial<Omit<RecordingAttachment, "kind" | "id">>): void {
    const before = this.#recording(id);
    if (before === undefined) return;
    const recording = { ...before, ...change };
    this.#setRecording(recording);
    this.#tell({ kind: "recording-changed", recording: toPanelRecording(recording, this.#parts.sourceOf) });
  }

  /** Notes how far a recording of the next question has been read. */
  readingProgress(id: string, progress: ReadingProgress): void {
    const recording = this.#recording(id);
    if (recording === undefined || recording.progress === null) return;
    this.#setRecording({ ...recording, progress });
    this.#tell({ kind: "recording-progress", id, progress });
  }

  /** Notes what the sidecar has confirmed about a recording that was asked about. */
  confirmRecording(receipt: VideoReceipt): void {
    for (const { id: turnId, question } of this.#turns) {
      const attachments = question.attachments.map((attachment) => withReceipt(attachment, receipt));
      const changed = attachments.filter((attachment, index) => attachment !== question.attachments[index]);
      if (changed.length > 0) this.#change(turnId, { question: { ...question, attachments } });
      for (const { id } of changed) {
        this.#tell({ kind: "recording-receipt", turnId, recordingId: id, receipt });
      }
    }
  }

  /** Shows that a picture was not attached, or something else that was wanted was not done. */
  refuse(failure: PanelFailure): void {
    const refusal: Refusal = { id: randomUUID(), failure };
    this.#refusals = [...this.#refusals, refusal];
    this.#tell({ kind: "refused", refusal });
  }

  dismissRefusal(id: string): void {
    if (!this.#refusals.some((refusal) => refusal.id === id)) return;
    this.#refusals = this.#refusals.filter((refusal) => refusal.id !== id);
    this.#tell({ kind: "refusal-dismissed", id });
  }

  dismissRefusals(): void {
    for (const { id } of this.#refusals) this.dismissRefusal(id);
  }

  /** Notes what the next question would take; null when that is not known any more. */
  setNeed(need: ContextUse | null): void {
    if (this.#need === need) return;
    this.#need = need;
    this.#tell({ kind: "need", need });
  }

  /**
   * Asks a question; its answer waits for its turn.
   * @param attachmentIds the attachments that go with it, all of them when left out
   * @param about the part of one of its pictures, or of an earlier question's, that it is about
   * @returns the turn's id
   */
  ask(
    text: string,
    depth: ThinkingDepth,
    attachmentIds: readonly string[] = this.#attachments.map(({ id }) => id),
    about?: AboutBox,
  ): string {
    const attachments = this.#attachments.filter(({ id }) => attachmentIds.includes(id));
    const question = { text, attachments, ...(about === undefined ? {} : { about }) };
    for (const { id } of attachments) this.detach(id);
    const turn = newTurn({ parentId: this.#lastId, question, depth });
    this.#add(turn);
    this.#tell({ kind: "asked", turn: this.#toPanel(turn) });
    return turn.id;
  }

  /**
   * Asks a question again. An answer at the end is kept as another version; otherwise the turn is taken back, and its
   * question asked at the end.
   * @returns the new turn's id; undefined while the answer is in work
   */
  askAgain(id: string, options: AskOptions = {}): string | undefined {
    const turn = this.turn(id);
    if (turn === undefined || turn.state.kind === "working") return undefined;
    const isVersion = turn.text !== "" && id === this.#lastId;
    if (!isVersion) this.#remove(turn);
    return this.#replace({ ...turn, ...options, parentId: isVersion ? turn.parentId : this.#lastId });
  }

  /**
   * Asks a question in other words, in its place; what came after it is kept as another version.
   * @returns the new turn's id; undefined while any answer is in work
   */
  edit(id: string, text: string): string | undefined {
    const turn = this.turn(id);
    if (turn === undefined || this.isBusy) return undefined;
    return this.#replace({ ...turn, question: { ...turn.question, text } });
  }

  /** Shows another version of a question, counted from 1, with what came after it; not while an answer is in work. */
  showVersion(id: string, position: number): void {
    const turn = this.turn(id);
    const wanted = turn === undefined ? undefined : versionsOf(this.#turns, turn)[position - 1];
    if (wanted === undefined || this.isBusy) return;
    this.#lastId = latestAfter(this.#turns, wanted.id);
    this.#tell({ kind: "turns", turns: this.#shownTurns() });
  }

  /** Lets the last answer go on from where it ended. Says whether there is anything to go on from. */
  goOn(id: string): boolean {
    const turn = this.turn(id);
    if (turn === undefined || turn.state.kind === "working" || id !== this.#lastId) return false;
    if (turn.text === "" && turn.thinking === "") return false;
    const traceEnd = turn.state.kind === "done" ? turn.state.numbers.traceEnd : null;
    this.#change(id, { state: QUEUED, traceEnd });
    this.#tell({ kind: "continued", turnId: id });
    return true;
  }

  /** Applies what the sidecar tells of an answer; pieces of one that has ended are dropped. */
  progress(turnId: string, progress: GenerateProgress): void {
    if (progress.kind === "receipt") return this.confirm(progress.picture);
    if (progress.kind === "video-receipt") return this.confirmRecording(progress.video);
    const turn = this.turn(turnId);
    if (turn?.state.kind !== "working") return;
    switch (progress.kind) {
      case "left-out":
        this.#change(turnId, { leftOut: progress.parts });
        return this.#tell({ kind: "left-out", turnId, parts: progress.parts });
      case "stage": {
        const { stage, done = null, total = null } = progress;
        this.#change(turnId, { state: { kind: "working", stage, done, total } });
        return this.#tell({ kind: "stage", turnId, stage, done, total });
      }
      case "thinking": {
        const { text, tokenCount } = progress;
        const elapsedMs = this.#thinkingMs(turn);
        this.#change(turnId, {
          thinking: turn.thinking + text,
          thinkingTokenCount: tokenCount,
          thinkingMs: elapsedMs,
        });
        return this.#tell({ kind: "thinking", turnId, text, tokenCount, elapsedMs });
      }
      case "answer":
        this.#change(turnId, { text: turn.text + progress.text, answerTokenCount: progress.tokenCount });
        return this.#tell({ kind: "answer", turnId, text: progress.text });
    }
  }

  finish(turnId: string, numbers: AnswerNumbers): void {
    if (this.#end(turnId, { kind: "done", numbers })) this.#tell({ kind: "done", turnId, numbers });
  }

  fail(turnId: string, failure: PanelFailure): void {
    if (this.#end(turnId, { kind: "failed", failure })) this.#tell({ kind: "failed", turnId, failure });
  }

  stop(turnId: string): void {
    if (this.#end(turnId, { kind: "stopped" })) this.#tell({ kind: "stopped", turnId });
  }

  #attach(attachment: Attachment): string {
    this.#attachments = [...this.#attachments, attachment];
    this.#tell({ kind: "attached", attachment: toPanelAttachment(attachment, this.#parts.sourceOf) });
    return attachment.id;
  }

  /** A recording of the next question. */
  #recording(id: string): RecordingAttachment | undefined {
    const attachment = this.#attachments.find((attachment) => attachment.id === id);
    return attachment?.kind === "recording" ? attachment : undefined;
  }

  #setRecording(recording: RecordingAttachment): void {
    this.#attachments = this.#attachments.map((other) => other.id === recording.id ? recording : other);
  }

  #add(turn: ChatTurn): void {
    this.#turns = [...this.#turns, turn];
    this.#lastId = turn.id;
  }

  /** Puts a turn with another's question to the end of the turns before it. */
  #replace({ parentId, question, depth, dropsOldPictures }: ChatTurn): string {
    const turn = newTurn({
      parentId,
      question,
      depth,
      ...(dropsOldPictures === undefined ? {} : { dropsOldPictures }),
    });
    this.#add(turn);
    this.#tell({ kind: "turns", turns: this.#shownTurns() });
    return turn.id;
  }

  /** Takes a turn out from between those around it. */
  #remove({ id, parentId }: ChatTurn): void {
    this.#turns = this.#turns.filter((turn) => turn.id !== id)
      .map((turn) => turn.parentId === id ? { ...turn, parentId } : turn);
    if (this.#lastId === id) this.#lastId = parentId;
  }

  /** Ends an answer in work. Says whether it was still in work. */
  #end(turnId: string, state: AnswerState): boolean {
    if (this.turn(turnId)?.state.kind !== "working") return false;
    this.#thinkingSince.delete(turnId);
    this.#change(turnId, { state });
    return true;
  }

  #change(turnId: string, change: Partial<ChatTurn>): void {
    this.#turns = this.#turns.map((turn) => turn.id === turnId ? { ...turn, ...change } : turn);
  }

  #thinkingMs({ id, thinkingMs }: ChatTurn): number {
    const since = this.#thinkingSince.get(id) ?? this.#now() - thinkingMs;
    this.#thinkingSince.set(id, since);
    return this.#now() - since;
  }

  #shownTurns(): readonly PanelTurn[] {
    return this.path().map((turn) => this.#toPanel(turn));
  }

  #toPanel(turn: ChatTurn): PanelTurn {
    const versions = versionsOf(this.#turns, turn);
    return toPanelTurn(
      turn,
      { position: versions.indexOf(turn) + 1, count: versions.length },
      this.#parts.sourceOf,
    );
  }

  #tell(event: ConversationEvent): void {
    this.#parts.onEvent(event);
  }
}

const QUEUED: AnswerState = { kind: "working", stage: "queued", done: null, total: null };

function newRecording(name: string, origin: string | null): RecordingAttachment {
  return {
    kind: "recording",
    id: randomUUID(),
    name,
    origin,
    file: null,
    sampling: {},
    video: null,
    receipt: null,
    progress: { stage: "copying", share: null },
  };
}

/** A turn that waits for its answer. */
function newTurn(asked: Pick<ChatTurn, "parentId" | "question" | "depth" | "dropsOldPictures">): ChatTurn {
  return {
    ...asked,
    id: randomUUID(),
    thinking: "",
    thinkingTokenCount: 0,
    thinkingMs: 0,
    text: "",
    answerTokenCount: 0,
    state: QUEUED,
  };
}
