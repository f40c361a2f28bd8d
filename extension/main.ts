// Entry of the extension: puts the parts together. Nothing is started before it is needed.

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { commands, type ExtensionContext, l10n, type LogOutputChannel, Uri, window, workspace } from "vscode";
import { findLayout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { readVideo } from "../host/video_reader.ts";
import { Failure } from "../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../protocol/sidecar.ts";
import { Chat } from "./chat.ts";
import { CHAT_VIEW, ChatView } from "./chat_view.ts";
import { registerCommands } from "./commands.ts";
import { Engine } from "./engine.ts";
import { describeFailure } from "./error_messages.ts";
import { doAsk } from "./panel_asks.ts";
import { shownFileName } from "./picture_copies.ts";
import { deleteUnused } from "./picture_use.ts";
import { concernsSidecar, preparesAhead, readSettings } from "./settings.ts";
import type { LaunchSidecar } from "./sidecar.ts";
import { StatusItem } from "./status_item.ts";

/** What must end in good order before the window closes. */
let close: () => Promise<void> = () => Promise.resolve();

/** Called by VS Code when a command or the view is used for the first time. */
export function activate(context: ExtensionContext): void {
  const startMs = performance.now();
  const log = window.createOutputChannel("Sightline", { log: true });
  const storageFolder = context.globalStorageUri.fsPath;
  const store = new PictureStore(storageFolder);
  const statusItem = new StatusItem();
  const engine: Engine = new Engine({
    launch: launcher(context.extensionPath, storageFolder, log),
    log,
    onChange: () => {
      statusItem.show(engine);
      view.post({ kind: "engine", engine: engine.state, model: engine.model });
    },
    onGivenUp: () => void tellGivenUp(),
    wait,
  });
  const view: ChatView = new ChatView({
    extensionUri: context.extensionUri,
    picturesUri: Uri.file(join(storageFolder, "pictures")),
    log,
    state: () => ({ ...chat.conversation.panel, engine: engine.state, model: engine.model }),
    receive: (ask) =>
      doAsk(ask, {
        chat,
        store,
        post: (message) => view.post(message),
        openedFolder: join(storageFolder, "opened"),
      }).catch((error: unknown) => {
        log.error(asError(error));
        chat.refuse(describeFailure(error, "picture", l10n.t));
      }),
  });
  const chat: Chat = new Chat({
    kept: context.workspaceState,
    store,
    request: engine.request,
    readStored: (fileName, options, watch) =>
      readVideo(
        { layout: layoutOf(context.extensionPath), storageFolder, store },
        join(store.folder, fileName),
        options,
        watch,
      ),
    wait,
    log,
    onEvent: (event) => view.post(event),
    sourceOf: ({ picture }) => view.sourceOf(shownFileName(picture)),
    t: l10n.t,
    preparesAhead,
  });
  statusItem.show(engine);
  context.subscriptions.push(
    log,
    statusItem,
    window.registerWebviewViewProvider(CHAT_VIEW, view),
    workspace.onDidChangeConfiguration((event) => concernsSidecar(event) && engine.outdate()),
    ...registerCommands({ chat, view, engine, store, log }),
  );
  close = async () => {
    await Promise.all([chat.keep(), engine.stop()]);
  };
  void chat.check();
  log.info(`activated in ${(performance.now() - startMs).toFixed(1)} ms`);
}

/** Called by VS Code when the window closes. */
export function deactivate(): Promise<void> {
  return close();
}

/** Waits; is over at once when the signal aborts, at which the caller looks. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

/** Starts sidecars for this installation with the settings of the moment. */
function launcher(root: string, storageFolder: string, log: LogOutputChannel): LaunchSidecar {
  let isFirst = true;
  return async () => {
    const layout = layoutOf(root);
    const options = {
      protocolVersion: PROTOCOL_VERSION,
      storageFolder,
      ocrFolder: layout.ocrFolder,
      ...readSettings(layout.nanoFolder),
    };
    if (isFirst) void deleteOldPictures(storageFolder, log);
    isFirst = false;
    // Large, so it is loaded only now.
    const { launchSidecar } = await import("./sidecar_client.ts");
    return await launchSidecar({ layout, options, log });
  };
}

function layoutOf(root: string) {
  try {
    return findLayout(root);
  } catch (cause) {
    throw new Failure("runtime-missing", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function deleteOldPictures(storageFolder: string, log: LogOutputChannel): Promise<void> {
  try {
    const count = await deleteUnused(join(storageFolder, "pictures")) +
      await deleteUnused(join(storageFolder, "opened"));
    if (count > 0) log.info(`pictures: deleted ${count} that were not used for 30 days`);
  } catch (error) {
    log.error(asError(error));
  }
}

/** Offers to start the engine again. */
async function tellGivenUp(): Promise<void> {
  const restart = l10n.t("Restart Engine");
  const showLog = l10n.t("Show Log");
  const text = l10n.t("Sightline's engine keeps stopping and is not started again by itself.");
  const chosen = await window.showErrorMessage(text, restart, showLog);
  if (chosen === restart) await commands.executeCommand("sightline.restartEngine");
  if (chosen === showLog) await commands.executeCommand("sightline.showLog");
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
