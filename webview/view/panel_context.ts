import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { FromPanel } from "../../protocol/panel.ts";
import type { RenderMarkdown } from "../markdown.ts";
import type { Translate } from "../texts.ts";

/** What every part of the page may need. */
export interface PanelTools {
  readonly post: (message: FromPanel) => void;
  readonly t: Translate;
  readonly renderMarkdown: RenderMarkdown;
}

export const PanelContext = createContext<PanelTools | null>(null);

/** The page's tools. @throws TypeError outside of a page */
export function usePanel(): PanelTools {
  const tools = useContext(PanelContext);
  if (tools === null) throw new TypeError("drawn outside of a page");
  return tools;
}
