import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Rendering } from "../markdown.ts";
import { patchChildren } from "../patch.ts";
import { sanitise } from "../sanitise.ts";
import { usePanel } from "./panel_context.ts";

interface MarkdownProps {
  readonly text: string;
  /** Whether more will be appended; then only the last block is drawn anew. */
  readonly isGrowing: boolean;
}

/** A model's text as formatted, harmless HTML. */
export function Markdown({ text, isGrowing }: MarkdownProps): JSX.Element {
  const { renderMarkdown, post } = usePanel();
  const earlier = useRef<Rendering | undefined>(undefined);
  // Once complete, the text is read as a whole: links may be defined after their use.
  const rendering = useMemo(
    () => renderMarkdown(text, isGrowing ? earlier.current : undefined),
    [renderMarkdown, text, isGrowing],
  );
  earlier.current = rendering;
  const copyCode = ({ target }: Event): void => {
    if (!(target instanceof Element) || !target.matches("button.copy-code")) return;
    const code = target.closest(".code")?.querySelector("code")?.textContent;
    if (code !== undefined && code !== null) post({ kind: "copy", text: code.replace(/\n$/, "") });
  };
  return (
    <div class={isGrowing ? "answer growing" : "answer"} onClick={copyCode}>
      {rendering.blocks.map(({ html }, index) => <HtmlBlock key={index} html={html} />)}
    </div>
  );
}

function HtmlBlock({ html }: { readonly html: string }): JSX.Element {
  const block = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (block.current !== null) patchChildren(block.current, sanitise(html));
  }, [html]);
  // Preact never sees the children, so it leaves them alone.
  return <div ref={block} class="block" />;
}
