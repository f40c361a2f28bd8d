// The page's end of the line to the extension. It knows no message's meaning.

import { type FromPanel, THINKING_DEPTHS, type ThinkingDepth, type ToPanel } from "../protocol/panel.ts";
import type { AskedBox } from "../protocol/region_messages.ts";
import { toAskedBox } from "./region/asked_box.ts";

/** What is kept while VS Code takes the page away and brings it back. */
export interface Draft {
  readonly text: string;
  readonly depth: ThinkingDepth;
  /** The part of a picture that the question is about; null for whole pictures. */
  readonly about: AskedBox | null;
}

/** What VS Code gives to a page. */
export interface WebviewApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: Draft): void;
}

/** The extension, as the page sees it. */
export interface Host {
  post(message: FromPanel): void;
  /**
   * Says that the page is ready and hands over messages in the order in which they came, all that came since the
   * last frame at once: a page can be drawn no oftener, and one that is not shown need not be drawn.
   */
  listen(apply: (messages: readonly ToPanel[]) => void): void;
  readDraft(): Draft;
  keepDraft(draft: Draft): void;
}

/** Connects to the extension through VS Code's `api`. */
export function connect(api: WebviewApi): Host {
  return {
    post: (message) => api.postMessage(message),
    listen: (apply) => {
      const next = perFrame(apply);
      addEventListener("message", (event: MessageEvent<ToPanel>) => next(event.data));
      api.postMessage({ kind: "ready" });
    },
    readDraft: () => toDraft(api.getState()),
    keepDraft: (draft) => api.setState(draft),
  };
}

/** Collects messages until the browser draws its next frame. */
function perFrame(apply: (messages: readonly ToPanel[]) => void): (message: ToPanel) => void {
  let waiting: ToPanel[] = [];
  return (message) => {
    waiting.push(message);
    if (waiting.length > 1) return;
    requestAnimationFrame(() => {
      const messages = waiting;
      waiting = [];
      apply(messages);
    });
  };
}

/** What an earlier page, perhaps of an earlier version, has kept. */
function toDraft(kept: unknown): Draft {
  const { text, depth, isThinking, about }: Readonly<Record<string, unknown>> =
    typeof kept === "object" && kept !== null ? { ...kept } : {};
  return {
    text: typeof text === "string" ? text : "",
    // Earlier versions knew no depth, and set no limit.
    depth: THINKING_DEPTHS.find((known) => known === depth) ?? (isThinking === true ? "deep" : "off"),
    about: toAskedBox(about),
  };
}
