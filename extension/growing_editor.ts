import { type TextDocument, window, workspace, WorkspaceEdit } from "vscode";

/** A new editor whose text comes bit by bit. A person may edit what stands there already. */
export class GrowingEditor {
  #document: TextDocument | null = null;
  #written = "";

  /** Shows a text that begins with what was shown before. An editor that was closed meanwhile comes again. */
  async show(text: string): Promise<void> {
    const added = text.slice(this.#written.length);
    this.#written = text;
    if (this.#document === null || this.#document.isClosed) {
      this.#document = await workspace.openTextDocument({ content: text, language: "plaintext" });
      await window.showTextDocument(this.#document, { preview: false });
      return;
    }
    const end = this.#document.lineAt(this.#document.lineCount - 1).range.end;
    const edit = new WorkspaceEdit();
    edit.insert(this.#document.uri, end, added);
    await workspace.applyEdit(edit);
  }
}
