// The conversation as the prompt's messages: what to type, and where pictures and groups of frames stand.

import type { LeftOut, Turn, UserPart } from "../protocol/conversation.ts";
import { writeOcrBlock } from "./text/ocr_block.ts";
import type { PromptMessage, PromptPart } from "./text/prompt.ts";
import type { OpenVisual, VisualText } from "./visuals.ts";

/**
 * The conversation as the prompt takes it, with the text of pictures and videos behind the last of their turn.
 * @param texts by place in `opened`; null when no text was read
 * @param leftOut how many of the first in `opened` are only mentioned
 */
export function toMessages(
  conversation: readonly Turn[],
  opened: readonly OpenVisual[],
  texts: readonly VisualText[] | null,
  leftOut = 0,
): PromptMessage[] {
  let used = 0;
  return conversation.map((turn): PromptMessage => {
    if (turn.role === "assistant") return turn;
    const first = used;
    used += turn.content.filter(isVisual).length;
    const read = (texts ?? []).slice(Math.max(first, leftOut), Math.max(used, leftOut));
    const block = writeOcrBlock(read.flatMap(({ texts }) => texts));
    let next = first;
    const parts = turn.content.flatMap((part): PromptPart[] => {
      if (part.kind === "text") return [part];
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

function isVisual(part: UserPart): boolean {
  return part.kind === "picture" || part.kind === "video";
}
