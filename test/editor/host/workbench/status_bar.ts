import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import { attempt } from "./attempt.ts";

/**
 * Waits for an entry of the status bar whose text or description matches, and gives its text.
 * @throws Error with the entries there are
 */
export async function statusBarText(editor: Editor, pattern: RegExp): Promise<string> {
  return await attempt(`find ${pattern} in the status bar`, async () => {
    const items = editor.page.locator(".part.statusbar .statusbar-item");
    let seen: readonly string[] = [];
    return await eventually(`an entry like ${pattern}`, async () => {
      const entries = await items.evaluateAll((elements) =>
        elements.map((element) => ({
          text: (element.textContent ?? "").trim(),
          description: element.getAttribute("aria-label") ?? "",
        }))
      );
      seen = entries.map(({ text, description }) => text || description);
      return entries.find(({ text, description }) => pattern.test(text) || pattern.test(description))?.text;
    }).catch((error: unknown) => {
      throw new Error(`it holds: ${seen.join(" | ")}`, { cause: error });
    });
  });
}

/** Clicks the entry of the status bar whose text or description matches. */
export async function clickStatusBar(editor: Editor, pattern: RegExp): Promise<void> {
  await attempt(`click ${pattern} in the status bar`, async () => {
    const items = editor.page.locator(".part.statusbar .statusbar-item");
    await items.filter({ hasText: pattern }).or(items.and(editor.page.getByLabel(pattern))).first().click();
  });
}
