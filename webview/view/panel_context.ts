import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { FromPanel, PanelPicture } from "../../protocol/panel.ts";
import type { Box } from "../answer/box.ts";
import type { Highlighter } from "../answer/highlight.ts";
import type { Renderers } from "../answer/renderers.ts";
import type { WorkspaceFiles } from "../answer/workspace_files.ts";
import type { Board } from "../board.ts";
import type { RenderMarkdown } from "../markdown.ts";
import type { Translate } from "../texts.ts";

/** What every part of the page may need. */
export interface PanelTools {
  readonly post: (message: FromPanel) => void;
  readonly t: Translate;
  readonly renderMarkdown: RenderMarkdown;
  readonly highlighter: Highlighter;
  readonly renderers: Renderers;
  readonly files: WorkspaceFiles;
  /** By picture: boxes that the person points at in an answer. */
  readonly pointedBoxes: Board<readonly Box[]>;
  /** By recording: the moment that its player is to show next. */
  readonly seeks: Board<Seek>;
  /** Under {@link QUESTION}: words that are to be put to the question that is being written. */
  readonly words: Board<string>;
  /** Shows pictures large, with boxes in them. */
  readonly look: (look: Look) => void;
}

/** Where words for the question that is being written are left. */
export const QUESTION = "question";

/** A wish to see a moment of a recording; each wish is an object of its own. */
export interface Seek {
  readonly timeS: number;
}

/** Pictures, and where in them something is. */
export interface Look {
  readonly label: string;
  readonly pictures: readonly PanelPicture[];
  readonly boxes: readonly Box[];
}

export const PanelContext = createContext<PanelTools | null>(null);

/** The page's tools. @throws TypeError outside of a page */
export function usePanel(): PanelTools {
  const tools = useContext(PanelContext);
  if (tools === null) throw new TypeError("drawn outside of a page");
  return tools;
}
