import type { Editor } from "../editor.ts";
import { attempt } from "./attempt.ts";

/** Presses a button of the dialog that asks for it, and gives the dialog's text. */
export async function pressDialogButton(editor: Editor, label: string): Promise<string> {
  return await attempt(`press "${label}" in the dialog`, async () => {
    const dialog = editor.page.locator(".monaco-dialog-box");
    const text = await dialog.innerText();
    await dialog.getByRole("button", { name: label, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    return text;
  });
}
