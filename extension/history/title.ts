// What a conversation is called until a person gives it another name.

import { displayName } from "../../host/display_name.ts";
import { type ConversationRecord, EXPLAIN, EXPLAIN_RECORDING, nameOf } from "../chat_turn.ts";
import type { Translate } from "../error_messages.ts";
import type { KeptConversation } from "./kept_conversation.ts";

const MAX_CHARACTERS = 60;

/** The title to show: one line, without characters that play tricks. */
export function titleOf({ title, record }: Pick<KeptConversation, "title" | "record">, t: Translate): string {
  return oneLine(title ?? "") || oneLine(subjectOf(record)) || t("New Chat");
}

/** A title as a person may give it; null for an empty one, which leaves the choice to the first question. */
export function givenTitle(text: string): string | null {
  return oneLine(text) || null;
}

/** The first question's words, or the picture's name where the words are not the person's own. */
function subjectOf({ turns, attachments, draft }: ConversationRecord): string {
  const question = turns[0]?.question;
  const [first] = question?.attachments ?? attachments;
  const name = first === undefined ? "" : nameOf(first);
  if (question === undefined) return draft.text || name;
  const isUsual = question.text === EXPLAIN || question.text === EXPLAIN_RECORDING;
  return (isUsual && name) || question.text;
}

function oneLine(text: string): string {
  // Pasted questions may be very long; what is cut off below need not be cleaned.
  const characters = [...text.slice(0, 1_000).replaceAll(/\s+/g, " ").trim()];
  const cut = characters.slice(0, MAX_CHARACTERS).join("").trimEnd();
  return displayName(characters.length > MAX_CHARACTERS ? `${cut}…` : cut);
}
