// The page's end of the line to the extension. It knows no message's meaning.

import type { FromPanel, ToPanel } from "../protocol/panel.ts";

/** By this VS Code restores an editor tab; everything else is the extension's to keep. */
export interface KeptByPage {
  readonly chatId: string;
}

/** What VS Code gives to a page. */
export interface WebviewApi {
  postMessage(message: FromPanel): void;
  setState(state: KeptByPage): void;
}

/** The extension, as the page sees it. */
export interface Host {
  post(message: FromPanel): void;
  /**
   * Says that the page is ready and hands over messages in the order in which they came, all that came since the
   * last frame at once: a page can be drawn no oftener, and one that is not shown need not be drawn.
   */
  listen(apply: (messages: readonly ToPanel[]) => void): void;
  keep(state: KeptByPage): void;
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
    keep: (state) => api.setState(state),
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
