// What is sent of a conversation when a question is asked: turns that take turns, and every picture and recording that counts.

import type { PictureRef, Turn, UserPart, UserTurn } from "../protocol/conversation.ts";
import { type Attachment, type ChatTurn, sentPictures } from "./chat_turn.ts";

/**
 * The conversation up to a question and what there is of its answer, as the sidecar takes it. A question that got no word of an answer is left out,
 * so that user and assistant take turns as the model expects; its pictures go along with the next question. A
 * partial answer is sent as it is.
 * @param isMissing whether a picture can no longer be sent
 */
export function requestTurns(
  turns: readonly ChatTurn[],
  turnId: string,
  isMissing: (picture: PictureRef) => boolean,
): Turn[] {
  const end = turns.findIndex(({ id }) => id === turnId);
  const asked = turns[end];
  if (asked === undefined) throw new RangeError(`there is no turn "${turnId}"`);
  const { question, text, thinking } = asked;
  const sent = withQuestion(turns.slice(0, end), question, isMissing);
  return text === "" && thinking === "" ? sent : [...sent, { role: "assistant", text, thinking }];
}

/** The conversation as far as it is known while its next question is being written: with what is attached. */
export function draftTurns(
  turns: readonly ChatTurn[],
  attachments: readonly Attachment[],
  isMissing: (picture: PictureRef) => boolean,
): Turn[] {
  return withQuestion(turns, { text: "", attachments }, isMissing);
}

function withQuestion(
  earlier: readonly ChatTurn[],
  asked: ChatTurn["question"],
  isMissing: (picture: PictureRef) => boolean,
): Turn[] {
  const sent: Turn[] = [];
  let waiting: readonly UserPart[] = [];
  for (const { question, text, thinking } of earlier) {
    waiting = [...waiting, ...usable(question.attachments, isMissing).map(toPart)];
    if (text === "") continue;
    sent.push(userTurn(waiting, question.text), { role: "assistant", text, thinking });
    waiting = [];
  }
  // All of its own attachments, so that one that cannot be sent fails the question instead of being left out.
  const own = asked.attachments.map(toPart);
  return [...sent, userTurn([...waiting, ...own], asked.text)];
}

/** Attachments that the sidecar has seen before and that are still there. */
function usable(
  attachments: readonly Attachment[],
  isMissing: (picture: PictureRef) => boolean,
): readonly Attachment[] {
  return attachments.filter((attachment) =>
    attachment.receipt !== null && !sentPictures(attachment).some(isMissing)
  );
}

function toPart(attachment: Attachment): UserPart {
  if (attachment.kind === "picture") return { kind: "picture", picture: attachment.picture };
  // Nothing is asked before it is read.
  if (attachment.video === null) throw new TypeError(`the recording ${attachment.id} was not read`);
  return { kind: "video", video: attachment.video };
}

function userTurn(parts: readonly UserPart[], text: string): UserTurn {
  return { role: "user", content: [...parts, { kind: "text", text }] };
}
