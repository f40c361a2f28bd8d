// A chat in an editor tab. VS Code restores it after a reload by what its page has kept: the conversation's id.

import { type Disposable, Uri, ViewColumn, type WebviewPanel, window } from "vscode";
import { ChatPage, type PageContent, type PageParts } from "./chat_page.ts";
import type { Place } from "./chats.ts";
import { isConversationId } from "./history/kept_conversation.ts";

/** The tab's type, as package.json's menus name it. */
export const CHAT_TAB = "sightline.chatTab";

/** What a tab tells of itself. */
export interface TabEvents {
  readonly onUsed: (tab: ChatTab) => void;
  readonly onClosed: (tab: ChatTab) => void;
}

/** A chat's editor tab. */
export class ChatTab implements Place {
  readonly page: ChatPage;
  readonly #panel: WebviewPanel;

  constructor(
    panel: WebviewPanel,
    parts: PageParts,
    content: (tab: ChatTab) => PageContent,
    { onUsed, onClosed }: TabEvents,
  ) {
    this.#panel = panel;
    this.page = new ChatPage(parts, content(this));
    const icon = (theme: string) => Uri.joinPath(parts.extensionUri, "media", `tab_${theme}.svg`);
    panel.iconPath = { light: icon("light"), dark: icon("dark") };
    panel.onDidChangeViewState(() => {
      this.page.setVisible(panel.visible);
      if (panel.active) onUsed(this);
    });
    panel.onDidDispose(() => {
      this.page.leave();
      onClosed(this);
    });
  }

  /** Makes the page, once its chat is known. */
  fill(): void {
    this.page.fill(this.#panel.webview);
  }

  setTitle(title: string): void {
    this.#panel.title = title;
  }

  show(): Promise<void> {
    this.#panel.reveal();
    this.page.focus();
    return Promise.resolve();
  }

  close(): void {
    this.#panel.dispose();
  }
}

/** An empty tab beside or among the others. */
export function createPanel(): WebviewPanel {
  return window.createWebviewPanel(CHAT_TAB, "Sightline", ViewColumn.Active, {
    enableScripts: true,
    enableFindWidget: true,
  });
}

/** Takes tabs of an earlier window. @param restore given the id of the tab's conversation, null when it is lost */
export function registerTabs(restore: (panel: WebviewPanel, id: string | null) => Promise<void>): Disposable {
  return window.registerWebviewPanelSerializer(CHAT_TAB, {
    deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => {
      const { chatId }: Readonly<Record<string, unknown>> = typeof state === "object" ? { ...state } : {};
      await restore(panel, isConversationId(chatId) ? chatId : null);
    },
  });
}
