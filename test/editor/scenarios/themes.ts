// The panel under every kind of theme, by keyboard alone and without a word on the console.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Editor, Theme } from "../host/editor.ts";
import { screenshotFolder } from "../host/places.ts";
import { holdProcesses, setTheme } from "../host/workbench.ts";
import { answerText, ask, openPanel, type Panel, pastePicture, SIDECAR } from "../panel.ts";

export const name = "themes";

const THEMES: readonly Theme[] = ["light", "high-contrast", "dark"];

/** More Tab presses than any way through the panel needs. */
const MAX_TABS = 60;

export async function run(editor: Editor): Promise<void> {
  const panel = await openPanel(editor);
  await pastePicture(editor, panel, await readFile(join(editor.workspaceFolder, "bar-chart.png")));
  await ask(panel, "What does it show?");
  await answerText(panel, 1);
  for (const theme of THEMES) {
    await setTheme(editor, theme);
    await editor.screenshot(join(screenshotFolder, `panel-${theme}.png`));
  }
  await useKeyboardOnly(editor, panel);
  assert.deepEqual(complaints(editor), [], "the panel's page complained on the console");
}

/** Asks, stops and gets back to the composer without the mouse. */
async function useKeyboardOnly(editor: Editor, panel: Panel): Promise<void> {
  const { keyboard } = editor.page;
  const release = holdProcesses(editor, SIDECAR);
  try {
    await panel.composer.focus();
    await keyboard.type("Which team has the most?");
    await keyboard.press("Enter");
    await panel.stop.waitFor();
    await tabTo(editor, panel, "Stop");
    await panel.composer.focus();
    await keyboard.press("Escape");
    await panel.stop.waitFor({ state: "hidden" });
  } finally {
    release();
  }
  await tabTo(editor, panel, "Ask about the picture");
}

/** Goes from the panel's first element with Tab until one with a label has the focus. @throws Error when none has */
async function tabTo(editor: Editor, panel: Panel, label: string): Promise<void> {
  const passed: string[] = [];
  await panel.frame.locator("button:visible, a[href]:visible, textarea:visible").first().focus();
  for (let count = 0; count < MAX_TABS; count++) {
    const name = await panel.frame.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    });
    if (name === label) return;
    passed.push(name.slice(0, 30));
    await editor.page.keyboard.press("Tab");
  }
  throw new Error(`Tab never comes to "${label}"; it came to ${passed.join(" | ")}`);
}

/** Errors on the console that are about our page: its own, and what the content security policy refused. */
function complaints(editor: Editor): readonly string[] {
  return editor.consoleRecords
    .filter(({ level }) => ["error", "warning", "uncaught"].includes(level))
    // Chromium says this about VS Code's own frame around every page of an extension.
    .filter(({ text }) => !text.startsWith("An iframe which has both allow-scripts and allow-same-origin"))
    .filter(({ text, source }) => /content security policy/i.test(text) || /sightline/i.test(text + source))
    .map(({ level, text }) => `${level}: ${text}`);
}
