// Every command of package.json and what it does. What goes wrong in one is told here, once.

import { commands, type Disposable, l10n, type LogOutputChannel, window } from "vscode";
import type { PictureStore } from "../host/picture_store.ts";
import type { Chat } from "./chat.ts";
import type { ChatView } from "./chat_view.ts";
import type { Engine } from "./engine.ts";
import { EngineEnded, failureSentence } from "./error_messages.ts";
import { extractText } from "./extract_text.ts";
import { showFullModel } from "./full_model.ts";
import { chooseFiles, choosePictures } from "./picture_choice.ts";

/** What commands work on. */
export interface CommandParts {
  readonly chat: Chat;
  readonly view: ChatView;
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

function actions({ chat, view, engine, store, log }: CommandParts): Readonly<Record<string, Action>> {
  const textParts = { store, request: engine.request, log };
  return {
    "sightline.explainImage": async (clicked, selected) => {
      const uris = await choosePictures(clicked, selected);
      if (uris.length === 0) return;
      await view.show();
      await chat.explain(uris);
    },
    "sightline.explainRecording": async (clicked, selected) => {
      const uris = await chooseFiles("recordings", clicked, selected);
      if (uris.length === 0) return;
      await view.show();
      await chat.explain(uris, "recording");
    },
    "sightline.addRecording": async (clicked, selected) => {
      const uris = await chooseFiles("recordings", clicked, selected);
      if (uris.length === 0) return;
      await view.show();
      await chat.attachFiles(uris, "recording");
    },
    "sightline.extractText": async (clicked, selected) => {
      const uris = await choosePictures(clicked, selected);
      if (uris.length > 0) await extractText(uris, "editor", textParts);
    },
    "sightline.copyText": async (clicked, selected) => {
      const uris = await choosePictures(clicked, selected);
      if (uris.length > 0) await extractText(uris, "clipboard", textParts);
    },
    "sightline.openChat": () => view.show(),
    "sightline.newChat": async () => {
      chat.clear();
      await view.show();
    },
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
