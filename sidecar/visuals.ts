// Pictures and videos of a conversation in their order, and the prompt's messages that they become.

import type { TextLine, Turn, UserPart } from "../protocol/conversation.ts";
import type { OpenPicture } from "./pictures.ts";
import { writeOcrBlock } from "./text/ocr_block.ts";
import type { PromptMessage, PromptPart } from "./text/prompt.ts";
import type { OpenVideo } from "./video/videos.ts";

/** A picture or a video that is ready to be encoded. */
export type OpenVisual =
  | { readonly kind: "picture"; readonly picture: OpenPicture }
  | { readonly kind: "video"; readonly video: OpenVideo };

/** Text read from a picture or from a video's key frames. */
export interface VisualText {
  /** Lines as they go into the prompt. */
  readonly texts: readonly string[];
  /** Where the lines stand; left out for a video. */
  readonly lines?: readonly TextLine[];
}

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
