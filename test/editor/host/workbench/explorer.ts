// The tree of files in the side bar, and its context menu.

import type { Locator } from "playwright-core";
import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import { attempt } from "./attempt.ts";
import { runCommand } from "./commands.ts";

const RETRY_MS = 500;

/**
 * Selects files of the workspace in the Explorer, the first by a click and the others with Ctrl held.
 * @param paths below the workspace folder, with forward slashes
 */
export async function selectInExplorer(editor: Editor, ...paths: readonly string[]): Promise<void> {
  await attempt(`select ${paths.join(", ")} in the Explorer`, async () => {
    await runCommand(editor, "View: Show Explorer");
    for (const [index, path] of paths.entries()) {
      const row = await reveal(editor, path);
      await row.click(index === 0 ? {} : { modifiers: ["ControlOrMeta"] });
    }
  });
}

/** Selects files in the Explorer and chooses an entry of the context menu on the last of them. */
export async function chooseInExplorerMenu(
  editor: Editor,
  paths: readonly string[],
  label: string,
): Promise<void> {
  await selectInExplorer(editor, ...paths);
  await attempt(`choose "${label}" in the Explorer's menu`, async () => {
    await openMenu(editor, paths.at(-1) ?? "");
    const entry = menuEntries(editor).filter({ has: editor.page.getByText(label, { exact: true }) });
    // A menu ignores clicks in its first tenth of a second, so that opening it chooses nothing.
    await eventually("the menu to take the click", async () => {
      await entry.click();
      return await entry.waitFor({ state: "hidden", timeout: RETRY_MS }).then(() => true, () => false);
    });
  });
}

/** The entries of the Explorer's context menu on the selected files, top to bottom; closes the menu. */
export async function explorerMenuLabels(
  editor: Editor,
  paths: readonly string[],
): Promise<readonly string[]> {
  await selectInExplorer(editor, ...paths);
  return await attempt("read the Explorer's menu", async () => {
    await openMenu(editor, paths.at(-1) ?? "");
    const labels = await menuEntries(editor).locator(".action-label").allInnerTexts();
    await editor.page.keyboard.press("Escape");
    return labels.filter((label) => label !== "");
  });
}

async function openMenu(editor: Editor, path: string): Promise<void> {
  await (await reveal(editor, path)).click({ button: "right" });
  await menuEntries(editor).first().waitFor();
}

function menuEntries(editor: Editor): Locator {
  return editor.page.locator(".monaco-menu .action-item:not(.disabled)");
}

/** Opens the folders above a file and gives the file's row. */
async function reveal(editor: Editor, path: string): Promise<Locator> {
  const parts = path.split("/");
  for (const [index] of parts.slice(0, -1).entries()) {
    const folder = rowOf(editor, parts.slice(0, index + 1));
    await folder.waitFor();
    if (await folder.getAttribute("aria-expanded") === "false") await folder.click();
  }
  const row = rowOf(editor, parts);
  await row.waitFor();
  return row;
}

/** Rows name a file's full path in a label of their own, as the system writes it. */
function rowOf(editor: Editor, parts: readonly string[]): Locator {
  const separator = editor.workspaceFolder.includes("\\") ? "\\" : "/";
  const label = [editor.workspaceFolder, ...parts].join(separator);
  const quoted = label.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return editor.page.locator(".explorer-folders-view .monaco-list-row").filter({
    has: editor.page.locator(`[aria-label="${quoted}"]`),
  });
}
