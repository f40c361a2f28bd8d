// The source of truth about the chat: questions, answers, pictures and refusals. Every change is told as the event
// that the panel's page applies too. Knows neither the editor nor the sidecar.

import { randomUUID } from "node:crypto";
import type { PictureReceipt, PictureRef } from "../protocol/conversation.ts";
import type {
  AnswerNumbers,
  AnswerState,
  PanelFailure,
  PanelPicture,
  PanelState,
  PanelTurn,
  Refusal,
  ToPanel,
} from "../protocol/panel.ts";
import type { GenerateProgress } from "../protocol/sidecar.ts";

/** One use of a picture in the store. */
export interface Attachment {
  readonly id: string;
  readonly picture: PictureRef;
  /** Address of the file it was read from; null for one that came as bytes. */
  readonly origin: string | null;
  readonly receipt: PictureReceipt | null;
}

/** A question and what became of it. */
export interface ChatTurn extends Omit<PanelTurn, "question"> {
  readonly question: { readonly text: string; readonly pictures: readonly Attachment[] };
  /** Whether pictures of earlier questions may be left out to make room. */
  readonly dropsOldPictures?: boolean;
}

/** What is kept of a conversation. */
export interface ConversationRecord {
  readonly turns: readonly ChatTurn[];
  readonly attachments: readonly Attachment[];
}

/** What tells the page of a change; the engine's state is not the conversation's. */
export type ConversationEvent = Exclude<ToPanel, { kind: "init" | "engine" | "focus" | "files" }>;

/** What a conversation needs from outside. */
export interface ConversationParts {
  readonly onEvent: (event: ConversationEvent) => void;
  /** Address of a picture that the page may load. */
  readonly sourceOf: (attachment: Attachment) => string;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** A conversation. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #now: () => number;
  #turns: readonly ChatTurn[];
  #attachments: readonly Attachment[];
  #refusals: readonly Refusal[] = [];
  /** When the trace of the turn in work began. */
  readonly #thinkingSince = new Map<string, number>();

  constructor(parts: ConversationParts, kept: ConversationRecord = { turns: [], attachments: [] }) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#turns = kept.turns;
    this.#attachments = kept.attachments;
  }

  get record(): ConversationRecord {
    return { turns: this.#turns, attachments: this.#attachments };
  }

  /** What the page shows of it. */
  get panel(): Pick<PanelState, "turns" | "attachments" | "refusals"> {
    return {
      turns: this.#turns.map((turn) => this.#toPanel(turn)),
      attachments: this.#attachments.map((attachment) => this.#picture(attachment)),
      refusals: this.#refusals,
    };
  }

  turn(id: string): ChatTurn | undefined {
    return this.#turns.find((turn) => turn.id === id);
  }

  /** A picture of the next question or of an earlier one. */
  attachment(id: string): Attachment | undefined {
    return [...this.#attachments, ...this.#turns.flatMap(({ question }) => question.pictures)]
      .find((attachment) => attachment.id === id);
  }

  /** Puts a picture to the next question and gives its id. */
  attach(picture: PictureRef, origin: string | null): string {
    const attachment: Attachment = { id: randomUUID(), picture, origin, receipt: null };
    this.#attachments = [...this.#attachments, attachment];
    this.#tell({ kind: "attached", picture: this.#picture(attachment) });
    return attachment.id;
  }

  /** Takes a picture off the next question. */
  detach(id: string): void {
    if (!this.#attachments.some((attachment) => attachment.id === id)) return;
    this.#attachments = this.#attachments.filter((attachment) => attachment.id !== id);
    this.#tell({ kind: "detached", id });
  }

  /** Notes what the sidecar has confirmed about a picture, wherever it waits for that. */
  confirm(receipt: PictureReceipt): void {
    const isMeant = (attachment: Attachment) =>
      attachment.receipt === null && attachment.picture.sha256 === receipt.sha256;
    const confirmed = <T extends Attachment>(attachment: T): T =>
      isMeant(attachment) ? { ...attachment, receipt } : attachment;
    const attached = this.#attachments.filter(isMeant);
    this.#attachments = this.#attachments.map(confirmed);
    for (const { id } of attached) this.#tell({ kind: "attachment-confirmed", id, receipt });
    for (const { id: turnId, question } of this.#turns) {
      const asked = question.pictures.filter(isMeant);
      if (asked.length === 0) continue;
      this.#change(turnId, { question: { ...question, pictures: question.pictures.map(confirmed) } });
      for (const { id } of asked) this.#tell({ kind: "receipt", turnId, pictureId: id, receipt });
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

  /**
   * Asks a question; its answer waits for its turn.
   * @param attachmentIds the attached pictures that go with it, all of them when left out
   * @returns the turn's id
   */
  ask(
    text: string,
    isThinking: boolean,
    attachmentIds: readonly string[] = this.#attachments.map(({ id }) => id),
  ): string {
    const pictures = this.#attachments.filter(({ id }) => attachmentIds.includes(id));
    for (const { id } of pictures) this.detach(id);
    return this.#add(text, isThinking, pictures);
  }

  /** Takes a turn back and asks its question again, at the end. Gives the new turn's id. */
  askAgain(id: string, options: Pick<ChatTurn, "dropsOldPictures"> = {}): string | undefined {
    const turn = this.turn(id);
    if (turn === undefined || turn.state.kind === "working") return undefined;
    this.#turns = this.#turns.filter((other) => other !== turn);
    this.#tell({ kind: "removed", turnId: id });
    return this.#add(turn.question.text, turn.isThinking, turn.question.pictures, options);
  }

  /** Applies what the sidecar tells of an answer; pieces of one that has ended are dropped. */
  progress(turnId: string, progress: GenerateProgress): void {
    if (progress.kind === "receipt") return this.confirm(progress.picture);
    const turn = this.turn(turnId);
    if (turn?.state.kind !== "working") return;
    switch (progress.kind) {
      case "video-receipt":
        return; // The panel has no videos yet.
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
        const elapsedMs = this.#thinkingMs(turnId);
        this.#change(turnId, {
          thinking: turn.thinking + text,
          thinkingTokenCount: tokenCount,
          thinkingMs: elapsedMs,
        });
        return this.#tell({ kind: "thinking", turnId, text, tokenCount, elapsedMs });
      }
      case "answer":
        this.#change(turnId, { text: turn.text + progress.text });
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

  /** Forgets everything. */
  clear(): void {
    this.#turns = [];
    this.#attachments = [];
    this.#refusals = [];
    this.#thinkingSince.clear();
    this.#tell({ kind: "cleared" });
  }

  #add(
    text: string,
    isThinking: boolean,
    pictures: readonly Attachment[],
    options: Pick<ChatTurn, "dropsOldPictures"> = {},
  ): string {
    const turn: ChatTurn = {
      ...options,
      id: randomUUID(),
      question: { text, pictures },
      isThinking,
      thinking: "",
      thinkingTokenCount: 0,
      thinkingMs: 0,
      text: "",
      state: { kind: "working", stage: "queued", done: null, total: null },
    };
    this.#turns = [...this.#turns, turn];
    this.#tell({ kind: "asked", turn: this.#toPanel(turn) });
    return turn.id;
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

  #thinkingMs(turnId: string): number {
    const since = this.#thinkingSince.get(turnId) ?? this.#now();
    this.#thinkingSince.set(turnId, since);
    return this.#now() - since;
  }

  #toPanel(turn: ChatTurn): PanelTurn {
    const { text, pictures } = turn.question;
    return { ...turn, question: { text, pictures: pictures.map((attachment) => this.#picture(attachment)) } };
  }

  #picture(attachment: Attachment): PanelPicture {
    const { id, picture, receipt } = attachment;
    return {
      id,
      name: picture.name,
      byteLength: picture.byteLength,
      source: this.#parts.sourceOf(attachment),
      receipt,
    };
  }

  #tell(event: ConversationEvent): void {
    this.#parts.onEvent(event);
  }
}
