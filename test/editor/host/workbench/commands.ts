import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import { attempt } from "./attempt.ts";
import { dismissQuickInput, entry, quickInput } from "./quick_input.ts";

const RETRY_MS = 2_000;

/**
 * Runs a command from the palette.
 * @param title as the palette shows it, with the category: "View: Show Explorer"
 * @throws Error when the palette has no such command
 */
export async function runCommand(editor: Editor, title: string): Promise<void> {
  await attempt(`run the command "${title}"`, () => chooseInPalette(editor, `>${title}`, title));
}

/**
 * Opens a file of the workspace in the editor that VS Code chooses for it.
 * @param path below the workspace folder, with forward slashes
 */
export async function openFile(editor: Editor, path: string): Promise<void> {
  await attempt(`open the file "${path}"`, async () => {
    const name = path.split("/").at(-1) ?? path;
    // The whole path, so that a file of the same name elsewhere does not come first.
    await chooseInPalette(editor, `${editor.workspaceFolder}/${path}`.replaceAll("\\", "/"), name);
    await editor.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  });
}

/** Types into the box that takes commands after ">" and file names otherwise, and clicks one of its entries. */
async function chooseInPalette(editor: Editor, text: string, wanted: string): Promise<void> {
  // A page that takes the focus at this moment, as a panel and the preview of a picture do, closes the palette.
  await eventually("the palette to stay open", async () => {
    if (!await openPalette(editor, text)) return false;
    const found = await entry(editor, wanted);
    return await found.click({ timeout: RETRY_MS }).then(() => true, () => false);
  });
}

/** Opens the palette holding `text`. Says whether it stayed open. */
async function openPalette(editor: Editor, text: string): Promise<boolean> {
  await dismissQuickInput(editor);
  const box = quickInput(editor).locator("input.input");
  // A key pressed while the focus moves between frames is lost, so it is pressed again.
  await eventually("the command palette", async () => {
    await editor.page.keyboard.press("F1");
    return await box.waitFor({ timeout: RETRY_MS }).then(() => true, () => false);
  });
  return await box.fill(text, { timeout: RETRY_MS }).then(() => true, () => false);
}
