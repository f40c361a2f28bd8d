// Entry of the extension: puts the parts together. Nothing is started before it is needed.

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { commands, type ExtensionContext, l10n, type LogOutputChannel, Uri, window, workspace } from "vscode";
import { findLayout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { readVideo } from "../host/video_reader.ts";
import { Failure } from "../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../protocol/sidecar.ts";
import { ChatPlaces } from "./chat_places.ts";
import { Chats } from "./chats.ts";
import { registerCommands } from "./commands.ts";
import { Engine } from "./engine.ts";
import { fileSource } from "./file_source.ts";
import { Leases } from "./history/leases.ts";
import { Library } from "./history/library.ts";
import { StoredPictures } from "./history/stored_pictures.ts";
import { Tidying } from "./history/tidying.ts";
import { openWorkspace } from "./history/workspace_label.ts";
import { concernsSidecar, preparesAhead, readSettings, storedPictureBytes } from "./settings.ts";
import type { LaunchSidecar } from "./sidecar.ts";
import { StatusItem } from "./status_item.ts";

/** What must end in good order before the window closes. */
let close: () => Promise<void> = () => Promise.resolve();

/** Called by VS Code when a command or the view is used for the first time. */
export async function activate(context: ExtensionContext): Promise<void> {
  const startMs = performance.now();
  const log = window.createOutputChannel("Sightline", { log: true });
  const storageFolder = context.globalStorageUri.fsPath;
  const store = new PictureStore(storageFolder);
  const library = new Library(join(storageFolder, "conversations"));
  const leases = new Leases(library.folder);
  const openedFolder = join(storageFolder, "opened");
  const isOpen = (id: string) => leases.isHeld(id);
  const pictures = new StoredPictures({ library, folder: store.folder, openedFolder, isOpen });
  const tidying = new Tidying({ library, pictures, openedFolder, maxBytes: storedPictureBytes, log });
  const statusItem = new StatusItem();
  const engine: Engine = new Engine({
    launch: launcher(
      context.extensionPath,
      storageFolder,
      log,
      () => void tidying.now(),
    ),
    log,
    onChange: () => {
      statusItem.show(engine);
      chats.post({ kind: "engine", engine: engine.state, model: engine.model });
    },
    onGivenUp: () => void tellGivenUp(),
    wait,
  });
  const chats: Chats = new Chats({
    ...{ library, leases, pictures, store, log, preparesAhead },
    request: engine.request,
    fileSource,
    readStored: (fileName, options, watch) =>
      readVideo(
        { layout: layoutOf(context.extensionPath), storageFolder, store },
        join(store.folder, fileName),
        options,
        watch,
      ),
    wait,
    t: l10n.t,
    workspace: openWorkspace,
    onStored: () => tidying.soon(),
    onPlaced: (place, chat) => {
      if (place === places.view) void places.remember(chat.id, chat.conversation.record.draft.depth);
    },
  });
  const { extensionUri, workspaceState: state } = context;
  const picturesUri = Uri.file(store.folder);
  const places: ChatPlaces = new ChatPlaces({
    ...{ chats, engine, store, openedFolder, state, log, extensionUri, picturesUri },
  });
  statusItem.show(engine);
  await places.restoreView();
  context.subscriptions.push(
    log,
    statusItem,
    ...places.register(),
    workspace.onDidChangeConfiguration((event) => concernsSidecar(event) && engine.outdate()),
    ...registerCommands({ chats, places, library, engine, store, log }),
  );
  close = async () => {
    await Promise.all([chats.close(), engine.stop()]);
  };
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
function launcher(
  root: string,
  storageFolder: string,
  log: LogOutputChannel,
  onFirst: () => void,
): LaunchSidecar {
  let isFirst = true;
  return async () => {
    const layout = layoutOf(root);
    const options = {
      protocolVersion: PROTOCOL_VERSION,
      storageFolder,
      ocrFolder: layout.ocrFolder,
      ...readSettings(layout.nanoFolder),
    };
    if (isFirst) onFirst();
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

/** Offers to start the engine again. */
async function tellGivenUp(): Promise<void> {
  const restart = l10n.t("Restart Engine");
  const showLog = l10n.t("Show Log");
  const text = l10n.t("Sightline's engine keeps stopping and is not started again by itself.");
  const chosen = await window.showErrorMessage(text, restart, showLog);
  if (chosen === restart) await commands.executeCommand("sightline.restartEngine");
  if (chosen === showLog) await commands.executeCommand("sightline.showLog");
}
