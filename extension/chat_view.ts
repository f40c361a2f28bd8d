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
    view.description = this.#title;
    view.onDidChangeVisibility(() => this.page.setVisible(view.visible));
    view.onDidDispose(() => {
      this.#view = null;
      this.page.leave();
    });
    this.page.fill(view.webview);
  }

  setTitle(title: string): void {
    this.#title = title;
    if (this.#view !== null) this.#view.description = title;
  }

  async show(): Promise<void> {
    await commands.executeCommand(`${CHAT_VIEW}.focus`);
    this.page.focus();
  }
}
