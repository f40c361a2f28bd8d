// The list and box at the top of the window in which commands, files and answers are chosen.

import type { Locator } from "playwright-core";
import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import { attempt } from "./attempt.ts";

/** The widget while it is open. */
export function quickInput(editor: Editor): Locator {
  return editor.page.locator(".quick-input-widget:visible");
}

/** The labels of the list, top to bottom, as far as they are drawn. */
export async function quickInputLabels(editor: Editor): Promise<readonly string[]> {
  return await quickInput(editor).locator(".monaco-list-row .label-name").allInnerTexts();
}

/** Types `text` into the open box and presses Enter. @throws Error when no box opens */
export async function answerQuickInput(editor: Editor, text: string): Promise<void> {
  await attempt(`answer "${text}" in the box at the top`, async () => {
    await quickInput(editor).locator("input.input").fill(text);
    await editor.page.keyboard.press("Enter");
  });
}

/** Clicks the entry of the open list that is called `label`. @throws Error with the labels there are */
export async function chooseQuickInput(editor: Editor, label: string): Promise<void> {
  await attempt(`choose "${label}" in the list at the top`, async () => {
    await (await entry(editor, label)).click();
  });
}

/** Closes the list or box, if one is open. */
export async function dismissQuickInput(editor: Editor): Promise<void> {
  const widget = quickInput(editor);
  await eventually("the box at the top to close", async () => {
    if (await widget.count() === 0) return true;
    // To the window, because a box that is just closing takes no key any more.
    await editor.page.keyboard.press("Escape");
    return false;
  });
}

/** The entry called exactly `label`, once it is there. */
export async function entry(editor: Editor, label: string): Promise<Locator> {
  const names = quickInput(editor).locator(".monaco-list-row .label-name");
  let seen: readonly string[] = [];
  try {
    return await eventually(`the entry "${label}"`, async () => {
      seen = await names.allInnerTexts();
      const index = seen.indexOf(label);
      return index >= 0 && names.nth(index);
    });
  } catch (error) {
    throw new Error(`there is no entry "${label}"; there are: ${seen.join(" | ") || "none"}`, {
      cause: error,
    });
  }
}
