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
  await attempt(`run the command "${title}"`, async () => {
    // A page that takes the focus at this moment, as a panel does when it is shown, closes the palette.
    await eventually("the palette to stay open", async () => {
      await openPalette(editor, `>${title}`);
      const command = await entry(editor, title);
      return await command.click({ timeout: RETRY_MS }).then(() => true, () => false);
    });
  });
}

/**
 * Opens a file of the workspace in the editor that VS Code chooses for it.
 * @param path below the workspace folder, with forward slashes
 */
export async function openFile(editor: Editor, path: string): Promise<void> {
  await attempt(`open the file "${path}"`, async () => {
    const name = path.split("/").at(-1) ?? path;
    // The whole path, so that a file of the same name elsewhere does not come first.
    await openPalette(editor, `${editor.workspaceFolder}/${path}`.replaceAll("\\", "/"));
    await (await entry(editor, name)).click();
    await editor.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  });
}

/** Opens the box that takes commands after ">" and file names otherwise, holding `text`. */
async function openPalette(editor: Editor, text: string): Promise<void> {
  await dismissQuickInput(editor);
  const box = quickInput(editor).locator("input.input");
  await eventually("the command palette", async () => {
    await editor.page.keyboard.press("F1");
    // A key pressed while the focus moves between frames is lost, so it is pressed again.
    return await box.waitFor({ timeout: RETRY_MS }).then(() => true, () => false);
  });
  await box.fill(text);
}
