// What a conversation is made of, and how a page is shown it.

import type { PictureReceipt, PictureRef } from "../protocol/conversation.ts";
import type { Draft, PanelPicture, PanelTurn, TraceEnd, TurnVersion } from "../protocol/panel.ts";
import type { Placed } from "./turn_tree.ts";

/** Nano was trained on exactly these words. */
export const EXPLAIN = "Explain this image.";

/** One use of a picture in the store. */
export interface Attachment {
  readonly id: string;
  readonly picture: PictureRef;
  /** Address of the file it was read from; null for one that came as bytes. */
  readonly origin: string | null;
  readonly receipt: PictureReceipt | null;
}

/** A question and what became of it. */
export interface ChatTurn extends Omit<PanelTurn, "question" | "version">, Placed {
  readonly question: { readonly text: string; readonly pictures: readonly Attachment[] };
  /** Whether pictures of earlier questions may be left out to make room. */
  readonly dropsOldPictures?: boolean;
  readonly answerTokenCount: number;
  /** Who ended the trace of an answer that was continued. */
  readonly traceEnd?: TraceEnd | null;
}

/** What a person may choose for an answer beside the question's words. */
export type AskOptions = Pick<ChatTurn, "dropsOldPictures">;

/** What is kept of a conversation. */
export interface ConversationRecord {
  /** All versions, in the order in which they were asked. */
  readonly turns: readonly ChatTurn[];
  /** The last turn that is shown; null when there is none. */
  readonly lastId: string | null;
  readonly attachments: readonly Attachment[];
  readonly draft: Draft;
}

/** Nothing asked, nothing attached and nothing written. */
export const EMPTY: ConversationRecord = {
  turns: [],
  lastId: null,
  attachments: [],
  draft: { text: "", depth: "off" },
};

/** Address of a picture that the page may load. */
export type SourceOf = (attachment: Attachment) => string;

/** A turn as the page shows it. */
export function toPanelTurn(turn: ChatTurn, version: TurnVersion, sourceOf: SourceOf): PanelTurn {
  const { id, depth, thinking, thinkingTokenCount, thinkingMs, text, state, leftOut } = turn;
  const pictures = turn.question.pictures.map((attachment) => toPanelPicture(attachment, sourceOf));
  return {
    id,
    question: { text: turn.question.text, pictures },
    version,
    depth,
    thinking,
    thinkingTokenCount,
    thinkingMs,
    text,
    state,
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

/** A picture as the page shows it. */
export function toPanelPicture(attachment: Attachment, sourceOf: SourceOf): PanelPicture {
  const { id, picture, receipt } = attachment;
  return { id, name: picture.name, byteLength: picture.byteLength, source: sourceOf(attachment), receipt };
}
