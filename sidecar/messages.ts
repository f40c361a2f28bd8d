// The conversation as the prompt's messages: what to type, and where pictures and groups of frames stand.

import type { LeftOut, PictureRef, Turn } from "../protocol/conversation.ts";
import { Failure } from "../protocol/errors.ts";
import { writeOcrBlock } from "./text/ocr_block.ts";
import type { PromptMessage, PromptPart } from "./text/prompt.ts";
import { isVisual, type OpenVisual, type VisualText } from "./visuals.ts";

/**
 * The conversation as the prompt takes it, with the text of pictures and videos behind the last of their turn.
 * @param texts by place in `opened`; null when no text was read
 * @param leftOut how many of the first in `opened` are only mentioned
 * @throws Failure "picture-missing" when the last message is about a part of a picture that is left out
 */
export function toMessages(
  conversation: readonly Turn[],
  opened: readonly OpenVisual[],
  texts: readonly VisualText[] | null,
  leftOut = 0,
): PromptMessage[] {
  let used = 0;
  return conversation.map((turn, turnIndex): PromptMessage => {
    if (turn.role === "assistant") return turn;
    const first = used;
    used += turn.content.filter(isVisual).length;
    const read = (texts ?? []).slice(Math.max(first, leftOut), Math.max(used, leftOut));
    const block = writeOcrBlock(read.flatMap(({ texts }) => texts));
    let next = first;
    const parts = turn.content.flatMap((part): PromptPart[] => {
      if (part.kind === "text") return [part];
      if (part.kind === "box") {
        const number = numberOf(part.picture, opened.slice(0, used), leftOut);
        if (number !== null) return [{ kind: "box", picture: number, box: part.box }];
        // Of an earlier question: what was said about it can still be read.
        if (turnIndex < conversation.length - 1) return [];
        throw boxWithoutPicture(part.picture);
      }
      const markers = next < leftOut ? mention(opened[next]) : markersOf(opened[next]);
      next++;
      const isLast = next === used;
      return [...markers, ...(isLast && block !== "" ? [{ kind: "text" as const, text: block }] : [])];
    });
    return { role: "user", content: parts };
  });
}

function markersOf(visual: OpenVisual | undefined): PromptPart[] {
  if (visual?.kind === "video") {
    return Array.from({ length: visual.video.receipt.groupCount }, () => ({ kind: "frames", grid: null }));
  }
  return [{ kind: "picture", grid: visual?.picture.plan.refined?.grid ?? null }];
}

function mention(visual: OpenVisual | undefined): PromptPart[] {
  return visual === undefined ? [] : [{ kind: "text", text: `[left out: ${describe(visual).name}]` }];
}

/** What leaving a picture or video out saves. */
export function describe(visual: OpenVisual): LeftOut {
  const { name, tokenCount } = visual.kind === "picture" ? visual.picture.receipt : visual.video.receipt;
  return { kind: visual.kind, name, tokenCount };
}

/** Which of the prompt's pictures it is, from 0, the latest of several uses; null when it is not in the prompt. */
function numberOf({ sha256 }: PictureRef, opened: readonly OpenVisual[], leftOut: number): number | null {
  const sent = opened.slice(leftOut).flatMap((visual) => visual.kind === "picture" ? [visual.picture] : []);
  const number = sent.findLastIndex(({ ref }) => ref.sha256 === sha256);
  return number < 0 ? null : number;
}

function boxWithoutPicture({ name }: PictureRef): Failure {
  return new Failure(
    "picture-missing",
    `The question is about a part of picture "${name}", which is not sent along: it is gone, or there is no room ` +
      "for it any more. Add the picture again and mark the part in it.",
    { subject: name },
  );
}
