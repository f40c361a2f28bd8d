// What can be done with code of an answer: into the editor, or into a file of its own.

import { l10n, languages, type TextEditor, window, workspace } from "vscode";
import { languageIdOf } from "./language_ids.ts";

/** Puts code in place of the selection of the editor that was used last; one undo takes it out again. */
export async function insertCode(text: string): Promise<void> {
  const editor = lastEditor();
  if (editor === undefined) return await offerNewFile(text, l10n.t("No editor is open to insert into."));
  const isDone = await editor.edit((edit) =>
    editor.selections.forEach((selection) => edit.replace(selection, text))
  );
  if (!isDone) return await offerNewFile(text, l10n.t("The file in the editor cannot be changed."));
  await window.showTextDocument(editor.document, editor.viewColumn);
}

/** Puts code into a new file that is not saved. */
export async function openNewFile(content: string, name: string): Promise<void> {
  const known = await languages.getLanguages();
  const language = languageIdOf(name, known);
  const document = await workspace.openTextDocument(language === null ? { content } : { content, language });
  await window.showTextDocument(document);
}

/** The chat in a view leaves the editor active; the chat in a tab does not. */
function lastEditor(): TextEditor | undefined {
  return window.activeTextEditor ?? window.visibleTextEditors.at(-1);
}

async function offerNewFile(text: string, why: string): Promise<void> {
  const newFile = l10n.t("New File");
  if (await window.showWarningMessage(why, newFile) === newFile) await openNewFile(text, "");
}
