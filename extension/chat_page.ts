// A chat's page in a webview, in the view or in an editor tab: makes it, checks what it sends, and sends it what has
// changed while it is there. VS Code takes pages away and makes them anew; each says that it is ready.

import { randomBytes } from "node:crypto";
import { env, l10n, type LogOutputChannel, Uri, type Webview } from "vscode";
import type { FromPanel, PanelState, ToPanel } from "../protocol/panel.ts";
import { chatHtml } from "./chat_html.ts";
import { readPanelMessage } from "./panel_messages.ts";

/** What the page asks the extension to do. */
export type PanelAsk = Exclude<FromPanel, { kind: "ready" }>;

/** What all pages need from outside. */
export interface PageParts {
  readonly extensionUri: Uri;
  readonly picturesUri: Uri;
  readonly log: LogOutputChannel;
}

/** What one page shows and does. */
export interface PageContent {
  /** Everything the page shows, for a page that has just been made. */
  readonly state: () => PanelState;
  /** Does what the page asks for; it tells failures by itself. */
  readonly receive: (message: PanelAsk) => Promise<void>;
}

/** A chat's page. */
export class ChatPage {
  readonly #parts: PageParts;
  readonly #content: PageContent;
  #webview: Webview | null = null;
  #isReady = false;
  #wantsFocus = false;

  constructor(parts: PageParts, content: PageContent) {
    this.#parts = parts;
    this.#content = content;
  }

  /** Puts the page into a webview. */
  fill(webview: Webview): void {
    const { extensionUri, picturesUri } = this.#parts;
    const pageUri = Uri.joinPath(extensionUri, "dist", "webview");
    this.#webview = webview;
    this.#isReady = false;
    webview.options = { enableScripts: true, localResourceRoots: [pageUri, picturesUri] };
    webview.onDidReceiveMessage((message) => void this.#receive(message));
    webview.html = chatHtml({
      script: webview.asWebviewUri(Uri.joinPath(pageUri, "main.js")).toString(),
      style: webview.asWebviewUri(Uri.joinPath(pageUri, "style.css")).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString("base64url"),
      language: env.language,
      title: l10n.t("Sightline chat"),
    });
  }

  /** A page out of sight is taken away; it says so when it is there again. */
  setVisible(isVisible: boolean): void {
    this.#isReady &&= isVisible;
  }

  /** The webview is no more. */
  leave(): void {
    this.#webview = null;
    this.#isReady = false;
  }

  /** Address that the page may load a file of the pictures' folder from; "" while there is no page. */
  sourceOf(fileName: string): string {
    return this.#webview?.asWebviewUri(Uri.joinPath(this.#parts.picturesUri, fileName)).toString() ?? "";
  }

  /** Tells the page of a change. A page that is not there gets the whole state when it is. */
  post(message: ToPanel): void {
    if (this.#isReady) void this.#webview?.postMessage(message);
  }

  /** Puts the focus into the composer, as soon as there is one. */
  focus(): void {
    this.#wantsFocus = true;
    this.#giveFocus();
  }

  async #receive(value: unknown): Promise<void> {
    const { log } = this.#parts;
    const message = readPanelMessage(value);
    if (message === null) {
      log.error("panel: a message that its page cannot have sent was ignored");
      return;
    }
    if (message.kind !== "ready") return await this.#content.receive(message);
    this.#isReady = true;
    this.post({ kind: "init", state: this.#content.state(), texts: l10n.bundle ?? {} });
    this.#giveFocus();
  }

  #giveFocus(): void {
    if (!this.#wantsFocus || !this.#isReady) return;
    this.#wantsFocus = false;
    this.post({ kind: "focus" });
  }
}
