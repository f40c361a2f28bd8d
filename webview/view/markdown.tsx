import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { PanelAttachment } from "../../protocol/panel.ts";
import { withoutOpenMark } from "../answer/box.ts";
import type { Rendering } from "../markdown.ts";
import { visible } from "../visible.ts";
import { HtmlBlock } from "./html_block.tsx";
import { usePanel } from "./panel_context.ts";

interface MarkdownProps {
  readonly text: string;
  /** Whether more will be appended; then only the last block is drawn anew. */
  readonly isGrowing: boolean;
  /** What boxes and moments in the text refer to. */
  readonly attachments: readonly PanelAttachment[];
}

/** A model's text as formatted, harmless HTML. */
export function Markdown({ text: given, isGrowing, attachments }: MarkdownProps): JSX.Element {
  const { renderMarkdown } = usePanel();
  const text = visible(given);
  const earlier = useRef<Rendering | undefined>(undefined);
  // Once complete, the text is read as a whole: links may be defined after their use.
  const rendering = useMemo(
    () => isGrowing ? renderMarkdown(withoutOpenMark(text), earlier.current) : renderMarkdown(text),
    [renderMarkdown, text, isGrowing],
  );
  earlier.current = rendering;
  return (
    <div class={isGrowing ? "answer growing" : "answer"}>
      {rendering.blocks.map((block, index) => (
        <HtmlBlock key={index} block={block} attachments={attachments} />
      ))}
    </div>
  );
}
