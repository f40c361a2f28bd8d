// The conversation as the prompt's messages: what to type, and where pictures and groups of frames stand.

import type { Turn, UserPart } from "../protocol/conversation.ts";
import { writeOcrBlock } from "./text/ocr_block.ts";
import type { PromptMessage, PromptPart } from "./text/prompt.ts";
import type { OpenVisual, VisualText } from "./visuals.ts";

/**
 * The conversation as the prompt takes it, with the text of pictures and videos behind the last of their turn.
 * @param texts by place in `opened`; null when no text was read
 */
export function toMessages(
  conversation: readonly Turn[],
  opened: readonly OpenVisual[],
  texts: readonly VisualText[] | null,
): PromptMessage[] {
  let used = 0;
  return conversation.map((turn): PromptMessage => {
    if (turn.role === "assistant") return turn;
    const first = used;
    used += turn.content.filter(isVisual).length;
    const block = writeOcrBlock((texts ?? []).slice(first, used).flatMap(({ texts }) => texts));
    let next = first;
    const parts = turn.content.flatMap((part): PromptPart[] => {
      if (part.kind === "text") return [part];
      const markers = markersOf(opened[next++]);
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

function isVisual(part: UserPart): boolean {
  return part.kind === "picture" || part.kind === "video";
}
