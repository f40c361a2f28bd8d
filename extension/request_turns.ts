// What is sent of a conversation when a question is asked: turns that take turns, and every picture that counts.

import type { PictureRef, Turn, UserTurn } from "../protocol/conversation.ts";
import type { Attachment, ChatTurn } from "./chat_turn.ts";

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

/** The conversation as far as it is known while its next question is being written: with the attached pictures. */
export function draftTurns(
  turns: readonly ChatTurn[],
  pictures: readonly Attachment[],
  isMissing: (picture: PictureRef) => boolean,
): Turn[] {
  return withQuestion(turns, { text: "", pictures }, isMissing);
}

function withQuestion(
  earlier: readonly ChatTurn[],
  asked: ChatTurn["question"],
  isMissing: (picture: PictureRef) => boolean,
): Turn[] {
  const sent: Turn[] = [];
  let waiting: readonly PictureRef[] = [];
  for (const { question, text, thinking } of earlier) {
    waiting = [...waiting, ...usable(question.pictures, isMissing)];
    if (text === "") continue;
    sent.push(userTurn(waiting, question), { role: "assistant", text, thinking });
    waiting = [];
  }
  // All of its own pictures, so that one that cannot be sent fails the question instead of being left out.
  const own = asked.pictures.map(({ picture }) => picture);
  return [...sent, userTurn([...waiting, ...own], asked)];
}

/** Pictures that the sidecar has seen before and that are still there. */
function usable(
  pictures: readonly Attachment[],
  isMissing: (picture: PictureRef) => boolean,
): PictureRef[] {
  return pictures.filter(({ receipt, picture }) => receipt !== null && !isMissing(picture))
    .map(({ picture }) => picture);
}

function userTurn(pictures: readonly PictureRef[], { text, about }: ChatTurn["question"]): UserTurn {
  return {
    role: "user",
    content: [
      ...pictures.map((picture) => ({ kind: "picture" as const, picture })),
      ...(about === undefined
        ? []
        : [{ kind: "box" as const, picture: about.picture.picture, box: about.box }]),
      { kind: "text", text },
    ],
  };
}
