// The chat in the side bar.

import { commands, type WebviewView, type WebviewViewProvider } from "vscode";
import { ChatPage, type PageContent, type PageParts } from "./chat_page.ts";
import type { Place } from "./chats.ts";

/** The view's id in package.json. */
export const CHAT_VIEW = "sightline.chat";

/** The chat's view. */
export class ChatView implements WebviewViewProvider, Place {
  readonly page: ChatPage;
  #view: WebviewView | null = null;
  #title = "";

  constructor(parts: PageParts, content: PageContent) {
    this.page = new ChatPage(parts, content);
  }

  resolveWebviewView(view: WebviewView): void {
    this.#view = view;
    this.#showTitle();
    view.onDidChangeVisibility(() => this.page.setVisible(view.visible));
    view.onDidDispose(() => {
      this.#view = null;
      this.page.leave();
    });
    this.page.fill(view.webview);
  }

  setTitle(title: string): void {
    this.#title = title;
    this.#showTitle();
  }

  async show(): Promise<void> {
    await commands.executeCommand(`${CHAT_VIEW}.focus`);
    this.page.focus();
  }

  /** As its title, because VS Code shows no description of a view that is alone in its container. */
  #showTitle(): void {
    if (this.#view !== null && this.#title !== "") this.#view.title = this.#title;
  }
}
