// What of a conversation goes into an export, the same for every format: the turns that are shown, names without
// tricks, and traces only when they are wanted. Where files lay on this machine is nobody else's business.

import { displayName } from "../../host/display_name.ts";
import type { RecordingRef } from "../../host/recording_store.ts";
import type { PictureRef } from "../../protocol/conversation.ts";
import type { Attachment } from "../chat_turn.ts";
import type { Translate } from "../error_messages.ts";
import { pathTo } from "../turn_tree.ts";
import type { KeptConversation } from "./kept_conversation.ts";
import { titleOf } from "./title.ts";

/** A picture of an export. */
export interface ExportedPicture {
  readonly picture: PictureRef;
  /** Name to show. */
  readonly name: string;
  /** As the sidecar named it, such as "png"; null when it did not. */
  readonly format: string | null;
}

/** A recording of an export. */
export interface ExportedRecording {
  /** Name to show. */
  readonly name: string;
  /** Null when it never came into the store. */
  readonly file: RecordingRef | null;
}

/** A question with its answer. */
export interface ExportedTurn {
  readonly question: string;
  readonly pictures: readonly ExportedPicture[];
  readonly recordings: readonly ExportedRecording[];
  /** Null when there was none, or none is wanted. */
  readonly thinking: string | null;
  readonly answer: string;
  /** Why the answer is not whole; null when it is. */
  readonly ending: string | null;
  readonly modelName: string | null;
}

/** A conversation on its way out. */
export interface ExportedChat {
  readonly title: string;
  readonly createdMs: number;
  readonly turns: readonly ExportedTurn[];
}

/** Takes out of a conversation what is exported. */
export function toExported(kept: KeptConversation, withThinking: boolean, t: Translate): ExportedChat {
  const { record, createdMs } = kept;
  return {
    title: titleOf(kept, t),
    createdMs,
    turns: pathTo(record.turns, record.lastId).map(({ question, thinking, text, state }) => ({
      question: question.text,
      pictures: question.attachments.flatMap(exportedPictures),
      recordings: question.attachments.flatMap(exportedRecordings),
      thinking: withThinking && thinking !== "" ? thinking : null,
      answer: text,
      ending: endingOf(state, t),
      modelName: state.kind === "done" ? displayName(state.numbers.modelName) : null,
    })),
  };
}

function exportedPictures(attachment: Attachment): readonly ExportedPicture[] {
  if (attachment.kind !== "picture") return [];
  const { picture, receipt } = attachment;
  return [{ picture, name: displayName(picture.name), format: receipt?.format ?? null }];
}

function exportedRecordings(attachment: Attachment): readonly ExportedRecording[] {
  return attachment.kind === "recording"
    ? [{ name: displayName(attachment.name), file: attachment.file }]
    : [];
}

/** Whether a conversation has any trace that could be exported. */
export function hasThinking({ record }: KeptConversation): boolean {
  return pathTo(record.turns, record.lastId).some(({ thinking }) => thinking !== "");
}

function endingOf(state: KeptConversation["record"]["turns"][number]["state"], t: Translate): string | null {
  switch (state.kind) {
    case "working":
      return t("The answer was still being written.");
    case "stopped":
      return t("The answer was stopped.");
    case "failed":
      return displayName(`${state.failure.headline} ${state.failure.message}`);
    case "done":
      return state.numbers.stopReason === "length" ? t("The answer was cut off at its limit.") : null;
  }
}
