// Writes a chat into a file that the person names.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { env, l10n, type LogOutputChannel, type QuickPickItem, Uri, window, workspace } from "vscode";
import type { PictureStore } from "../../host/picture_store.ts";
import { recordingFileName } from "../../host/recording_store.ts";
import { exportedFiles, toHtml, toJson, toMarkdown } from "./export_formats.ts";
import { type ExportedChat, type ExportedPicture, hasThinking, toExported } from "./exported.ts";
import { fileStem } from "./file_stem.ts";
import type { KeptConversation } from "./kept_conversation.ts";

/** What exporting needs from outside. */
export interface ExportParts {
  readonly store: PictureStore;
  readonly log: LogOutputChannel;
}

type Format = "markdown" | "html" | "json";

const ENDINGS: Readonly<Record<Format, string>> = { markdown: "md", html: "html", json: "json" };

/** Asks for a format and a file, and writes the chat; nothing when the person closes one of the questions. */
export async function exportChat(kept: KeptConversation, { store, log }: ExportParts): Promise<void> {
  const format = await chooseFormat();
  if (format === undefined) return;
  const withThinking = hasThinking(kept) ? await chooseThinking() : false;
  if (withThinking === undefined) return;
  const chat = toExported(kept, withThinking, l10n.t);
  const target = await chooseFile(chat.title, ENDINGS[format]);
  if (target === undefined) return;
  const missingCount = await write(chat, format, target, store);
  log.info(`export: ${format}, ${chat.turns.length} turns, ${missingCount} pictures gone`);
  await tell(target, missingCount);
}

async function chooseFormat(): Promise<Format | undefined> {
  const items: readonly (QuickPickItem & { readonly format: Format })[] = [
    { label: "Markdown", description: l10n.t("with the pictures in a folder beside it"), format: "markdown" },
    { label: "HTML", description: l10n.t("one page with everything in it"), format: "html" },
    { label: "JSON", description: l10n.t("for programs, without the pictures"), format: "json" },
  ];
  const title = l10n.t("Export Chat");
  return (await window.showQuickPick(items, { title, placeHolder: l10n.t("As what?") }))?.format;
}

async function chooseThinking(): Promise<boolean | undefined> {
  const without = { label: l10n.t("Without thinking"), isWith: false };
  const including = { label: l10n.t("With thinking"), isWith: true };
  const title = l10n.t("Export Chat");
  return (await window.showQuickPick([without, including], { title }))?.isWith;
}

async function chooseFile(title: string, ending: string): Promise<Uri | undefined> {
  const name = `${fileStem(title)}.${ending}`;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  return await window.showSaveDialog({
    title: l10n.t("Export Chat"),
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, name) }),
    filters: { [ending.toUpperCase()]: [ending] },
  });
}

/** @returns how many pictures are no longer there */
async function write(chat: ExportedChat, format: Format, target: Uri, store: PictureStore): Promise<number> {
  switch (format) {
    case "markdown":
      return await writeMarkdown(chat, target, store);
    case "html":
      return await writeHtml(chat, target, store);
    case "json":
      await writeText(target, toJson(chat));
      return 0;
  }
}

async function writeMarkdown(chat: ExportedChat, target: Uri, store: PictureStore): Promise<number> {
  const stem = (target.path.split("/").at(-1) ?? "").replace(/\.\w+$/, "");
  const folderName = `${stem}-pictures`;
  let missingCount = 0;
  for (const { stored, fileName } of exportedFiles(chat).values()) {
    const path = join(store.folder, "format" in stored ? recordingFileName(stored) : stored.sha256);
    const isThere = await stat(path).then(() => true, () => false);
    if (!isThere) missingCount++;
    // Recordings may be too large to be held in memory.
    else {
      const copy = Uri.joinPath(target, "..", folderName, fileName);
      await workspace.fs.copy(Uri.file(path), copy, { overwrite: true });
    }
  }
  await writeText(target, toMarkdown(chat, folderName, l10n.t));
  return missingCount;
}

async function writeHtml(chat: ExportedChat, target: Uri, store: PictureStore): Promise<number> {
  const addresses = new Map<string, string>();
  const pictures = new Map(
    chat.turns.flatMap((turn) => turn.pictures).map((one) => [one.picture.sha256, one]),
  );
  for (const picture of pictures.values()) {
    const bytes = await readIfThere(store.pathOf(picture.picture));
    if (bytes !== null) addresses.set(picture.picture.sha256, dataUrl(picture, bytes));
  }
  const source = ({ picture }: ExportedPicture) => addresses.get(picture.sha256) ?? null;
  await writeText(target, toHtml(chat, source, { language: env.language, t: l10n.t }));
  return pictures.size - addresses.size;
}

function dataUrl({ format, name }: ExportedPicture, bytes: Buffer): string {
  const kind = format ?? name.split(".").at(-1) ?? "";
  const type = /^[a-z0-9]+$/i.test(kind) ? kind.toLowerCase() : "png";
  const mediaType = type === "svg" ? "svg+xml" : type === "jpg" ? "jpeg" : type;
  return `data:image/${mediaType};base64,${bytes.toString("base64")}`;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  return await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

async function writeText(target: Uri, text: string): Promise<void> {
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

async function tell(target: Uri, missingCount: number): Promise<void> {
  const name = target.path.split("/").at(-1) ?? "";
  const open = l10n.t("Open File");
  const text = missingCount === 0
    ? l10n.t("Exported to {0}.", name)
    : l10n.t("Exported to {0}, without {1} pictures whose copies are gone.", name, missingCount);
  const show = missingCount === 0 ? window.showInformationMessage : window.showWarningMessage;
  void show(text, open).then(async (chosen) => {
    if (chosen === open) await window.showTextDocument(target);
  });
}
