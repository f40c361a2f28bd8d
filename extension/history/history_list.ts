// The list of kept chats: search as you type, Enter opens, and each entry has buttons for what else can be done with
// it, which Tab comes to.

import {
  commands,
  env,
  l10n,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  Uri,
  window,
} from "vscode";
import type { Chats, Place } from "../chats.ts";
import { deleteAllChats, deleteChat, openChat, renameChat } from "./chat_actions.ts";
import { exportChat, type ExportParts } from "./export_chat.ts";
import type { Library, LibraryList } from "./library.ts";
import { byWorkspace, type Found, search, type Searchable, toSearchable } from "./search.ts";

/** What the list works on. */
export interface HistoryParts {
  readonly chats: Chats;
  readonly library: Library;
  readonly exporting: ExportParts;
  /** Address of the open workspace; null when there is none. */
  readonly workspaceUri: string | null;
}

/** An entry: a chat, or the files that cannot be read. */
interface Entry extends QuickPickItem {
  readonly id?: string;
  readonly damaged?: readonly string[];
}

/**
 * Shows the list until the person has chosen or closes it.
 * @param place where a chat is opened, as it is then
 * @param query what is searched for at first
 */
export async function showHistory(parts: HistoryParts, place: () => Place, query = ""): Promise<void> {
  const { chats } = parts;
  const pick = window.createQuickPick<Entry>();
  pick.title = l10n.t("Chat History");
  pick.placeholder = l10n.t("Search in titles, questions and answers");
  pick.value = query;
  const chosen = choice(pick, parts, place);
  pick.show();
  pick.busy = true;
  await chats.keep();
  const show = await reader(parts);
  pick.busy = false;
  show(pick);
  pick.onDidChangeValue(() => show(pick));
  const act = await chosen;
  pick.dispose();
  await act?.();
}

/** What the person wants, once that is known; undefined when the list was closed. */
function choice(
  pick: QuickPick<Entry>,
  parts: HistoryParts,
  place: () => Place,
): Promise<(() => Promise<void>) | undefined> {
  const { chats } = parts;
  return new Promise((resolve) => {
    // Everything but opening leads back to the list.
    const thenShow = (action: () => Promise<void>) => {
      const { value } = pick;
      resolve(async () => {
        await action();
        await showHistory(parts, place, value);
      });
    };
    pick.onDidTriggerButton(() => thenShow(() => deleteAllChats(chats)));
    pick.onDidTriggerItemButton(({ item: { id }, button }) => {
      if (id !== undefined) thenShow(() => doWith(button, id, parts));
    });
    pick.onDidAccept(() => {
      const [entry] = pick.selectedItems;
      if (entry !== undefined) resolve(() => accept(entry, chats, place()));
    });
    pick.onDidHide(() => resolve(undefined));
  });
}

/** Reads all chats, and gives what shows those that are searched for. */
async function reader(
  { chats, library, workspaceUri }: HistoryParts,
): Promise<(pick: QuickPick<Entry>) => void> {
  const list = await library.list();
  const all = byWorkspace(list.conversations, workspaceUri).map((kept) => toSearchable(kept, l10n.t));
  return (pick) => {
    pick.buttons = all.length === 0 ? [] : [button("trash", l10n.t("Delete All Chats"))];
    fill(pick, all, list, chats);
  };
}

const RENAME = () => button("edit", l10n.t("Rename Chat"));
const EXPORT = () => button("export", l10n.t("Export Chat"));
const DELETE = () => button("trash", l10n.t("Delete Chat"));

function button(icon: string, tooltip: string): QuickInputButton {
  return { iconPath: new ThemeIcon(icon), tooltip };
}

function fill(pick: QuickPick<Entry>, all: readonly Searchable[], list: LibraryList, chats: Chats): void {
  const found = search(all, pick.value);
  const entries: Entry[] = found.map((one) => toEntry(one, chats));
  const [current] = entries;
  if (list.damaged.length > 0) entries.push(...damagedEntries(list.damaged));
  // Without this, VS Code's own filter would hide what was found in the text.
  pick.items = entries.map((entry) => ({ ...entry, alwaysShow: true }));
  const first = pick.items[0];
  if (current !== undefined && first !== undefined) pick.activeItems = [first];
}

function toEntry({ kept, title, excerpt }: Found, chats: Chats): Entry {
  const date = new Date(kept.changedMs).toLocaleString(env.language, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const about = [date, kept.workspace?.name, chats.find(kept.id) === undefined ? undefined : l10n.t("open")];
  return {
    id: kept.id,
    label: withoutIcons(title),
    description: withoutIcons(about.filter((part) => part !== undefined).join(" · ")),
    ...(excerpt === null ? {} : { detail: withoutIcons(excerpt) }),
    buttons: [RENAME(), EXPORT(), DELETE()],
  };
}

/** VS Code draws an icon for "$(name)", whoever wrote that. */
function withoutIcons(text: string): string {
  return text.replaceAll("$(", "$\u200b(");
}

function damagedEntries(damaged: readonly string[]): readonly Entry[] {
  const label = damaged.length === 1
    ? l10n.t("One chat cannot be read; its file is left as it is.")
    : l10n.t("{0} chats cannot be read; their files are left as they are.", damaged.length);
  return [
    { label: "", kind: QuickPickItemKind.Separator },
    { label: `$(warning) ${label}`, description: l10n.t("Show the files"), damaged },
  ];
}

async function doWith(
  { tooltip }: QuickInputButton,
  id: string,
  { chats, exporting }: HistoryParts,
): Promise<void> {
  if (tooltip === RENAME().tooltip) await renameChat(chats, id);
  if (tooltip === EXPORT().tooltip) await exportChat(await chats.read(id), exporting);
  if (tooltip === DELETE().tooltip) await deleteChat(chats, id);
}

async function accept({ id, damaged }: Entry, chats: Chats, place: Place): Promise<void> {
  if (id !== undefined) await openChat(chats, place, id);
  const [file] = damaged ?? [];
  if (file !== undefined) await commands.executeCommand("revealFileInOS", Uri.file(file));
}
