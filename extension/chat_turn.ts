// What a conversation is made of, and how a page is shown it.

import type { RecordingRef } from "../host/recording_store.ts";
import type { Box, PictureReceipt, PictureRef, Video, VideoReceipt } from "../protocol/conversation.ts";
import type {
  Draft,
  PanelAttachment,
  PanelPicture,
  PanelTurn,
  TraceEnd,
  TurnVersion,
} from "../protocol/panel.ts";
import type { PanelFile, PanelRecording, ReadingProgress } from "../protocol/recording_messages.ts";
import type { VideoSampling } from "../protocol/video_reader.ts";
import type { Placed } from "./turn_tree.ts";

/** Nano was trained on exactly these words. */
export const EXPLAIN = "Explain this image.";
/** What is asked about a recording unless a person asks something else. */
export const EXPLAIN_RECORDING = "Describe what happens in this recording, step by step, with times.";

/** What goes with a question. */
export type Attachment = PictureAttachment | RecordingAttachment;

/** One use of a picture in the store. */
export interface PictureAttachment {
  readonly kind: "picture";
  readonly id: string;
  readonly picture: PictureRef;
  /** Address of the file it was read from; null for one that came as bytes. */
  readonly origin: string | null;
  readonly receipt: PictureReceipt | null;
}

/** The part of a picture that a question is about. */
export interface AboutBox {
  readonly picture: PictureAttachment;
  readonly box: Box;
}

/** One use of a recording in the store, and the frames of it that are sent. */
export interface RecordingAttachment {
  readonly kind: "recording";
  readonly id: string;
  readonly name: string;
  /** Address of the file it was read from; null for one that came as bytes. */
  readonly origin: string | null;
  /** Null until it is in the store. */
  readonly file: RecordingRef | null;
  readonly sampling: VideoSampling;
  /** Its frames as they were read last; null before. */
  readonly video: Video | null;
  readonly receipt: VideoReceipt | null;
  /** Null when nothing is in work. */
  readonly progress: ReadingProgress | null;
}

/** A question and what became of it. */
export interface ChatTurn extends Omit<PanelTurn, "question" | "version">, Placed {
  readonly question: {
    readonly text: string;
    readonly attachments: readonly Attachment[];
    readonly about?: AboutBox;
  };
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

/** Address of a picture or a recording of the store that the page may load. */
export type SourceOf = (stored: { readonly picture: PictureRef | RecordingRef }) => string;

/** Larger files are not played: the page would have to hold all of one at once. */
const MAX_PLAYED_BYTES = 256 * 2 ** 20;

/** Whether nothing about an attachment is left to be found out. */
export function isConfirmed(attachment: Attachment): boolean {
  return attachment.receipt !== null && (attachment.kind === "picture" || attachment.progress === null);
}

/** What an attachment is called. */
export function nameOf(attachment: Attachment): string {
  return attachment.kind === "picture" ? attachment.picture.name : attachment.name;
}

/** What of the store an attachment needs to be sent. */
export function sentPictures(attachment: Attachment): readonly PictureRef[] {
  return attachment.kind === "picture"
    ? [attachment.picture]
    : attachment.video?.frames.map(({ picture }) => picture) ?? [];
}

/** A turn as the page shows it. */
export function toPanelTurn(turn: ChatTurn, version: TurnVersion, sourceOf: SourceOf): PanelTurn {
  const { id, depth, thinking, thinkingTokenCount, thinkingMs, text, state, leftOut } = turn;
  const { about } = turn.question;
  const attachments = turn.question.attachments.map((attachment) => toPanelAttachment(attachment, sourceOf));
  return {
    id,
    question: {
      text: turn.question.text,
      attachments,
      ...(about === undefined
        ? {}
        : { about: { ...about, picture: toPanelPicture(about.picture, sourceOf) } }),
    },
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

/** An attachment as the page shows it. */
export function toPanelAttachment(attachment: Attachment, sourceOf: SourceOf): PanelAttachment {
  return attachment.kind === "picture"
    ? toPanelPicture(attachment, sourceOf)
    : toPanelRecording(attachment, sourceOf);
}

/** A recording as the page shows it. */
export function toPanelRecording(recording: RecordingAttachment, sourceOf: SourceOf): PanelRecording {
  const { kind, id, name, file, sampling, video, receipt, progress } = recording;
  const frames = video?.frames.map(({ picture, timeS }) => ({ source: sourceOf({ picture }), timeS })) ?? [];
  return {
    kind,
    id,
    name,
    file: file === null ? null : toPanelFile(file, sourceOf),
    sampling,
    frames,
    origin: video?.origin ?? null,
    receipt,
    progress,
  };
}

function toPanelFile(file: RecordingRef, sourceOf: SourceOf): PanelFile {
  const { format, sha256, byteLength } = file;
  return {
    source: byteLength > MAX_PLAYED_BYTES ? null : sourceOf({ picture: file }),
    format,
    sha256,
    byteLength,
  };
}

function toPanelPicture(attachment: PictureAttachment, sourceOf: SourceOf): PanelPicture {
  const { kind, id, picture, receipt } = attachment;
  return {
    kind,
    id,
    name: picture.name,
    byteLength: picture.byteLength,
    source: sourceOf(attachment),
    receipt,
  };
}
