import { l10n, window } from "vscode";
import type { Chats, Place } from "../chats.ts";

/** Says that another window has a chat open, and offers a copy of it. */
export async function openElsewhere(chats: Chats, place: Place, id: string): Promise<void> {
  const openCopy = l10n.t("Open a Copy");
  const text = l10n.t("This chat is open in another window.");
  if (await window.showWarningMessage(text, openCopy) !== openCopy) return;
  await chats.openCopy(place, id);
  await place.show();
}
