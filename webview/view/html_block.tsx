import { type JSX, render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PanelAttachment } from "../../protocol/panel.ts";
import { type Island, ISLAND_CLASS } from "../answer/island.ts";
import type { Block } from "../markdown.ts";
import { patchChildren } from "../patch.ts";
import { sanitise } from "../sanitise.ts";
import { IslandView } from "./island.tsx";
import { PanelContext, type PanelTools, usePanel } from "./panel_context.ts";

interface HtmlBlockProps {
  readonly block: Block;
  readonly attachments: readonly PanelAttachment[];
}

/** One block of an answer: its HTML, and its islands within. */
export function HtmlBlock({ block: { html, islands }, attachments }: HtmlBlockProps): JSX.Element {
  const tools = usePanel();
  const root = useRef<HTMLDivElement>(null);
  const drawn = useRef<readonly Element[]>([]);
  useLayoutEffect(() => {
    if (root.current !== null) patchChildren(root.current, sanitise(html));
  }, [html]);
  useLayoutEffect(() => {
    const places = [...root.current?.querySelectorAll(`.${ISLAND_CLASS}`) ?? []];
    for (const gone of drawn.current) if (!places.includes(gone)) render(null, gone);
    drawn.current = places;
    places.forEach((place, index) => drawIsland(place, islands[index], attachments, tools));
  }, [html, islands, attachments, tools]);
  useLayoutEffect(() => () => drawn.current.forEach((place) => render(null, place)), []);
  // Preact never sees the children, so it leaves them alone.
  return <div ref={root} class="block" />;
}

function drawIsland(
  place: Element,
  island: Island | undefined,
  attachments: readonly PanelAttachment[],
  tools: PanelTools,
): void {
  if (island === undefined) return;
  render(
    <PanelContext.Provider value={tools}>
      <IslandView island={island} attachments={attachments} />
    </PanelContext.Provider>,
    place,
  );
}
