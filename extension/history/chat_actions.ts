// What a person does with a kept chat, with the questions that have to be asked about it.

import { l10n, window } from "vscode";
import { Failure } from "../../protocol/errors.ts";
import type { Chats, Place } from "../chats.ts";
import { openElsewhere } from "./open_elsewhere.ts";
import { givenTitle, titleOf } from "./title.ts";

/** Opens a chat at a place, or goes where it is shown already. */
export async function openChat(chats: Chats, place: Place, id: string): Promise<void> {
  try {
    const shownAt = await chats.open(place, id);
    chats.used(shownAt);
    await shownAt.show();
  } catch (error) {
    if (!(error instanceof Failure && error.kind === "chat-open-elsewhere")) throw error;
    await openElsewhere(chats, place, id);
  }
}

/** Asks for another title. */
export async function renameChat(chats: Chats, id: string): Promise<void> {
  const value = titleOf(await chats.read(id), l10n.t);
  const prompt = l10n.t("Title of the chat; empty for the first question's words");
  const title = await window.showInputBox({ title: l10n.t("Rename Chat"), prompt, value });
  if (title !== undefined && title !== value) await chats.rename(id, givenTitle(title));
}

/** Deletes a chat when the person means it. */
export async function deleteChat(chats: Chats, id: string): Promise<void> {
  const title = titleOf(await chats.read(id), l10n.t);
  const remove = l10n.t("Delete");
  const detail = l10n.t("Its pictures go too, unless another chat uses them. This cannot be undone.");
  const text = l10n.t("Delete the chat “{0}”?", title);
  const chosen = await window.showWarningMessage(text, { modal: true, detail }, remove);
  if (chosen === remove) await chats.delete(id);
}

/** Deletes all chats when the person means it. */
export async function deleteAllChats(chats: Chats): Promise<void> {
  const remove = l10n.t("Delete All");
  const detail = l10n.t("All chats of all folders go, with their pictures. This cannot be undone.");
  const chosen = await window.showWarningMessage(
    l10n.t("Delete all chats?"),
    { modal: true, detail },
    remove,
  );
  if (chosen !== remove) return;
  const leftCount = await chats.deleteAll();
  if (leftCount === 0) return;
  await window.showWarningMessage(
    leftCount === 1
      ? l10n.t("One chat is open in another window and was not deleted.")
      : l10n.t("{0} chats are open in other windows and were not deleted.", leftCount),
  );
}
