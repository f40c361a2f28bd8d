// The chat's view: makes the page, checks what it sends, and sends it what has changed while it is there.

import { randomBytes } from "node:crypto";
import {
  commands,
  env,
  l10n,
  type LogOutputChannel,
  Uri,
  type Webview,
  type WebviewView,
  type WebviewViewProvider,
} from "vscode";
import type { FromPanel, PanelState, ToPanel } from "../protocol/panel.ts";
import { chatHtml } from "./chat_html.ts";
import { readPanelMessage } from "./panel_messages.ts";

/** The view's id in package.json. */
export const CHAT_VIEW = "sightline.chat";

/** What the page asks the extension to do. */
export type PanelAsk = Exclude<FromPanel, { kind: "ready" }>;

/** What the view needs from outside. */
export interface ChatViewParts {
  readonly extensionUri: Uri;
  readonly picturesUri: Uri;
  readonly log: LogOutputChannel;
  /** Everything the page shows, for a page that has just been made. */
  readonly state: () => PanelState;
  /** Does what the page asks for; it tells failures by itself. */
  readonly receive: (message: PanelAsk) => Promise<void>;
}

/** The chat's view. */
export class ChatView implements WebviewViewProvider {
  readonly #parts: ChatViewParts;
  #webview: Webview | null = null;
  /** Whether the page has said that it listens; it is made anew each time that the view is shown. */
  #isReady = false;
  #wantsFocus = false;

  constructor(parts: ChatViewParts) {
    this.#parts = parts;
  }

  resolveWebviewView(view: WebviewView): void {
    const { webview } = view;
    const { extensionUri, picturesUri } = this.#parts;
    const pageUri = Uri.joinPath(extensionUri, "dist", "webview");
    this.#webview = webview;
    this.#isReady = false;
    webview.options = { enableScripts: true, localResourceRoots: [pageUri, picturesUri] };
    webview.onDidReceiveMessage((message) => void this.#receive(message));
    view.onDidChangeVisibility(() => this.#isReady &&= view.visible);
    view.onDidDispose(() => {
      this.#webview = null;
      this.#isReady = false;
    });
    webview.html = chatHtml({
      script: webview.asWebviewUri(Uri.joinPath(pageUri, "main.js")).toString(),
      style: webview.asWebviewUri(Uri.joinPath(pageUri, "style.css")).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString("base64url"),
      language: env.language,
      title: l10n.t("Sightline chat"),
    });
  }

  /** Address that the page may load a file of the pictures' folder from; "" while there is no page. */
  sourceOf(fileName: string): string {
    return this.#webview?.asWebviewUri(Uri.joinPath(this.#parts.picturesUri, fileName)).toString() ?? "";
  }

  /** Tells the page of a change. A page that is not there gets the whole state when it is. */
  post(message: ToPanel): void {
    if (this.#isReady) void this.#webview?.postMessage(message);
  }

  /** Shows the view and puts the focus into the composer. */
  async show(): Promise<void> {
    this.#wantsFocus = true;
    await commands.executeCommand(`${CHAT_VIEW}.focus`);
    this.#giveFocus();
  }

  async #receive(value: unknown): Promise<void> {
    const { log, state, receive } = this.#parts;
    const message = readPanelMessage(value);
    if (message === null) {
      log.error("panel: a message that its page cannot have sent was ignored");
      return;
    }
    if (message.kind !== "ready") return await receive(message);
    this.#isReady = true;
    this.post({ kind: "init", state: state(), texts: l10n.bundle ?? {} });
    this.#giveFocus();
  }

  #giveFocus(): void {
    if (!this.#wantsFocus || !this.#isReady) return;
    this.#wantsFocus = false;
    this.post({ kind: "focus" });
  }
}
