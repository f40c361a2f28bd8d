import type { Editor, Theme } from "../editor.ts";
import { attempt } from "./attempt.ts";
import { runCommand } from "./commands.ts";
import { entry, quickInput } from "./quick_input.ts";

/** How VS Code's list of themes names each, and the class that the window then has. */
const THEMES: Readonly<Record<Theme, readonly [label: string, className: string]>> = {
  dark: ["Dark Modern", "vs-dark"],
  light: ["Light Modern", "vs"],
  "high-contrast": ["Dark High Contrast", "hc-black"],
  "high-contrast-light": ["Light High Contrast", "hc-light"],
};

/**
 * Changes the colours as a person does, and waits until the window shows them. Not through the settings
 * file, whose changes only a file watcher would notice.
 */
export async function setTheme(editor: Editor, theme: Theme): Promise<void> {
  const [label, className] = THEMES[theme];
  await attempt(`change to the theme ${theme}`, async () => {
    await runCommand(editor, "Preferences: Color Theme");
    await quickInput(editor).locator("input.input").fill(label);
    await entry(editor, label);
    await editor.page.keyboard.press("Enter");
    await quickInput(editor).waitFor({ state: "hidden" });
    await editor.page.locator(`.monaco-workbench.${className}`).waitFor();
  });
}
