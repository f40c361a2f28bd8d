import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import { attempt } from "./attempt.ts";

/**
 * The whole text of the text editor in front, also what is scrolled away. Selects it and replaces the
 * clipboard's content, because an editor draws only the lines that are seen.
 */
export async function activeEditorText(editor: Editor): Promise<string> {
  return await attempt("read the text editor in front", async () => {
    const { page, clipboard } = editor;
    const marker = `not copied yet ${Date.now()}`;
    await clipboard.writeText(marker);
    await page.locator(".editor-group-container.active .editor-instance .view-lines").first().click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("ControlOrMeta+C");
    const text = await eventually("the text to be copied", async () => {
      const copied = await clipboard.readText();
      return copied !== marker && { copied };
    });
    // Copying from an empty editor copies its one line's end.
    return /^\r?\n$/.test(text.copied) ? "" : text.copied;
  });
}

/** The name on the tab in front, or "" when no editor is open. */
export async function activeTabName(editor: Editor): Promise<string> {
  const tab = editor.page.locator(".editor-group-container.active .tab.active");
  return await tab.count() === 0 ? "" : await tab.first().getAttribute("data-resource-name") ?? "";
}
