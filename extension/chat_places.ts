// The places of this window where chats are shown: the view in the side bar, and editor tabs. Remembers what each
// showed, so that it is there again after a reload.

import { commands, type Disposable, l10n, type Memento, type WebviewPanel, window } from "vscode";
import { setTimeout as delay } from "node:timers/promises";
import type { PictureStore } from "../host/picture_store.ts";
import { Failure } from "../protocol/errors.ts";
import { THINKING_DEPTHS, type ThinkingDepth } from "../protocol/panel.ts";
import type { Chat } from "./chat.ts";
import type { PageContent, PageParts } from "./chat_page.ts";
import { ChatTab, createPanel, registerTabs } from "./chat_tab.ts";
import { CHAT_VIEW, ChatView } from "./chat_view.ts";
import type { Chats, Place } from "./chats.ts";
import type { Engine } from "./engine.ts";
import { describeFailure } from "./error_messages.ts";
import { openElsewhere } from "./history/open_elsewhere.ts";
import { isConversationId } from "./history/kept_conversation.ts";
import { doAsk } from "./panel_asks.ts";
import { restore } from "./saved_conversation.ts";

/** What the view showed last. */
const SHOWN = "shownChat";

/** Earlier versions kept their only conversation here. */
const ONLY_CONVERSATION = "conversation";

/** A window that is just closing may still hold what this one showed before it was loaded anew. */
const HELD_TRIES = 8;
const HELD_PAUSE_MS = 250;

/** What the places need from outside. */
export interface ChatPlacesParts extends PageParts {
  readonly chats: Chats;
  readonly engine: Engine;
  readonly store: PictureStore;
  /** For copies of pictures that are opened in an editor. */
  readonly openedFolder: string;
  /** What this window remembers. */
  readonly state: Memento;
}

/** The places of a window. */
export class ChatPlaces {
  readonly view: ChatView;
  readonly #parts: ChatPlacesParts;
  #remembered = "";

  constructor(parts: ChatPlacesParts) {
    this.#parts = parts;
    this.view = new ChatView(parts, this.#content(() => this.view));
  }

  /** Makes the view and the tabs known. The view's chat must be there before. */
  register(): Disposable[] {
    return [
      window.registerWebviewViewProvider(CHAT_VIEW, this.view),
      registerTabs((panel, id) => this.#restoreTab(panel, id)),
    ];
  }

  /** Puts into the view what it showed before. */
  async restoreView(): Promise<void> {
    const { state, chats } = this.#parts;
    if (await this.#adoptOnly()) return;
    const { id, depth }: Readonly<Record<string, unknown>> = { ...state.get<object>(SHOWN) };
    await this.#restore(this.view, isConversationId(id) ? id : null);
    const chat = chats.at(this.view);
    const known = THINKING_DEPTHS.find((known) => known === depth);
    // An empty chat is in no file.
    if (chat.isEmpty && known !== undefined) chat.conversation.write({ text: "", depth: known });
  }

  /** Remembers what the view shows. */
  async remember(id: string, depth: ThinkingDepth): Promise<void> {
    const shown = { id, depth };
    // This is called with every letter that is typed.
    if (this.#remembered === JSON.stringify(shown)) return;
    this.#remembered = JSON.stringify(shown);
    await this.#parts.state.update(SHOWN, shown);
  }

  /** Shows the place used last, and gives its chat. */
  async front(): Promise<Chat> {
    const { chats } = this.#parts;
    const place = chats.lastUsed ?? this.view;
    await place.show();
    return chats.at(place);
  }

  /** Begins a chat in a new editor tab, or moves the view's there. */
  async openTab(isMoving: boolean): Promise<void> {
    const { chats } = this.#parts;
    const tab = this.#tabIn(createPanel());
    if (isMoving) chats.move(this.view, tab);
    else chats.begin(tab);
    tab.fill();
    chats.used(tab);
    await tab.show();
  }

  async #restoreTab(panel: WebviewPanel, id: string | null): Promise<void> {
    const tab = this.#tabIn(panel);
    await this.#restore(tab, id);
    tab.fill();
  }

  #tabIn(panel: WebviewPanel): ChatTab {
    const { chats } = this.#parts;
    return new ChatTab(panel, this.#parts, (tab) => this.#content(() => tab), {
      onUsed: (tab) => chats.used(tab),
      onClosed: (tab) => chats.leave(tab),
    });
  }

  #content(place: () => Place): PageContent {
    const { chats, engine, store, openedFolder, log } = this.#parts;
    return {
      state: () => ({ ...chats.at(place()).panel, engine: engine.state, model: engine.model }),
      receive: async (ask) => {
        const here = place();
        const chat = chats.at(here);
        chats.used(here);
        const begin = async () => {
          chats.begin(here);
          await here.show();
        };
        const post = here.page.post.bind(here.page);
        await doAsk(ask, { chat, store, openedFolder, begin, post }).catch((error: unknown) => {
          log.error(error instanceof Error ? error : String(error));
          chat.refuse(describeFailure(error, "picture", l10n.t));
        });
        if (ask.kind === "draft" && here === this.view) await this.remember(chat.id, ask.draft.depth);
      },
    };
  }

  /** Takes over the conversation of an earlier version. Says whether there was one. */
  async #adoptOnly(): Promise<boolean> {
    const { state, chats, log } = this.#parts;
    const value = state.get(ONLY_CONVERSATION);
    if (value === undefined) return false;
    const record = restore(value);
    if (record === null) {
      log.error("chat: the conversation of an earlier version cannot be read; it is left as it is");
      return false;
    }
    const chat = await chats.adopt(this.view, record);
    if (chat.isEmpty || await chats.isKept(chat.id)) await state.update(ONLY_CONVERSATION, undefined);
    return true;
  }

  async #restore(place: Place, id: string | null): Promise<void> {
    const { chats } = this.#parts;
    if (id === null || !await chats.isKept(id)) return void chats.begin(place);
    try {
      await this.#openWhenFree(place, id);
    } catch (error) {
      chats.begin(place);
      void this.#tellLost(error, place, id);
    }
  }

  async #openWhenFree(place: Place, id: string): Promise<void> {
    const { chats } = this.#parts;
    for (let tries = 1;; tries++) {
      try {
        // Shown elsewhere in this window already: no place shows what another does.
        if (await chats.open(place, id) !== place) chats.begin(place);
        return;
      } catch (error) {
        const isHeld = error instanceof Failure && error.kind === "chat-open-elsewhere";
        if (!isHeld || tries >= HELD_TRIES) throw error;
        await delay(HELD_PAUSE_MS);
      }
    }
  }

  async #tellLost(error: unknown, place: Place, id: string): Promise<void> {
    const { chats, log } = this.#parts;
    if (error instanceof Failure && error.kind === "chat-open-elsewhere") {
      return await openElsewhere(chats, place, id);
    }
    log.error(error instanceof Error ? error : String(error));
    const showHistory = l10n.t("Show History");
    const text = error instanceof Failure ? error.message : String(error);
    if (await window.showErrorMessage(text, showHistory) !== showHistory) return;
    await commands.executeCommand("sightline.showHistory");
  }
}
