// Every command of package.json and what it does. What goes wrong in one is told here, once.

import { commands, type Disposable, l10n, type LogOutputChannel, window } from "vscode";
import type { PictureStore } from "../host/picture_store.ts";
import type { ChatPlaces } from "./chat_places.ts";
import type { Chats } from "./chats.ts";
import type { Engine } from "./engine.ts";
import { EngineEnded, failureSentence } from "./error_messages.ts";
import { extractText } from "./extract_text.ts";
import { showFullModel } from "./full_model.ts";
import { deleteAllChats, deleteChat, renameChat } from "./history/chat_actions.ts";
import { exportChat } from "./history/export_chat.ts";
import { showHistory } from "./history/history_list.ts";
import { isConversationId } from "./history/kept_conversation.ts";
import type { Library } from "./history/library.ts";
import { openWorkspace } from "./history/workspace_label.ts";
import { chooseFiles, choosePictures } from "./picture_choice.ts";

/** What commands work on. */
export interface CommandParts {
  readonly chats: Chats;
  readonly places: ChatPlaces;
  readonly library: Library;
  readonly engine: Engine;
  readonly store: PictureStore;
  readonly log: LogOutputChannel;
}

/** A menu gives the file under the pointer and, from the Explorer, all selected files. */
type Action = (clicked?: unknown, selected?: unknown) => Promise<void>;

/** Makes the commands known. */
export function registerCommands(parts: CommandParts): Disposable[] {
  return Object.entries(actions(parts)).map(([id, action]) =>
    commands.registerCommand(id, async (clicked?: unknown, selected?: unknown) => {
      try {
        await action(clicked, selected);
      } catch (error) {
        parts.log.error(`${id}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
        await tell(failureSentence(error, l10n.t), parts.log);
      }
    })
  );
}

function actions(parts: CommandParts): Readonly<Record<string, Action>> {
  const { chats, places, library, engine, store, log } = parts;
  const exporting = { store, log };
  const lastUsed = () => chats.lastUsed ?? places.view;
  /** A page's own menu names its chat. */
  const chatMeant = (clicked: unknown): string => {
    const { chatId }: { readonly chatId?: unknown } = typeof clicked === "object" ? { ...clicked } : {};
    return isConversationId(chatId) ? chatId : chats.at(lastUsed()).id;
  };
  const textParts = { store, request: engine.request, log };
  return {
    "sightline.explainImage": async (clicked, selected) => {
      const uris = await choosePictures(clicked, selected);
      if (uris.length === 0) return;
      await (await places.front()).explain(uris);
    },
    "sightline.explainRecording": async (clicked, selected) => {
      const uris = await chooseFiles("recordings", clicked, selected);
      if (uris.length === 0) return;
      await (await places.front()).explain(uris, "recording");
    },
    "sightline.addRecording": async (clicked, selected) => {
      const uris = await chooseFiles("recordings", clicked, selected);
      if (uris.length === 0) return;
      await (await places.front()).attachFiles(uris, "recording");
    },
    "sightline.extractText": async (clicked, selected) => {
      const uris = await choosePictures(clicked, selected);
      if (uris.length > 0) await extractText(uris, "editor", textParts);
    },
    "sightline.copyText": async (clicked, selected) => {
      const uris = await choosePictures(clicked, selected);
      if (uris.length > 0) await extractText(uris, "clipboard", textParts);
    },
    "sightline.openChat": () => places.view.show(),
    "sightline.newChat": async () => {
      chats.begin(places.view);
      await places.view.show();
    },
    "sightline.openChatInEditor": () => places.openTab(true),
    "sightline.newChatInEditor": () => places.openTab(false),
    "sightline.showHistory": () =>
      showHistory({ chats, library, exporting, workspaceUri: openWorkspace()?.uri ?? null }, lastUsed),
    "sightline.renameChat": (clicked) => renameChat(chats, chatMeant(clicked)),
    "sightline.deleteChat": (clicked) => deleteChat(chats, chatMeant(clicked)),
    "sightline.deleteAllChats": () => deleteAllChats(chats),
    "sightline.exportChat": async (clicked) => exportChat(await chats.read(chatMeant(clicked)), exporting),
    "sightline.restartEngine": () => restart(engine),
    "sightline.showFullModel": showFullModel,
    "sightline.showLog": () => Promise.resolve(log.show()),
  };
}

async function restart(engine: Engine): Promise<void> {
  try {
    await engine.restart();
  } catch (error) {
    // One that keeps ending is told of when it is given up.
    if (!(error instanceof EngineEnded)) throw error;
  }
}

/** Shows an error with the way to the log. */
async function tell(text: string, log: LogOutputChannel): Promise<void> {
  const showLog = l10n.t("Show Log");
  if (await window.showErrorMessage(text, showLog) === showLog) log.show();
}
