// A person asks in an editor tab while the side bar keeps its own chat, loads the window anew, and finds both.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Editor, Theme } from "../host/editor.ts";
import { screenshotFolder } from "../host/places.ts";
import { reloadWindow, runCommand, setTheme } from "../host/workbench.ts";
import { answerText, ask, openPanel, type Panel, shownPanel } from "../panel.ts";

export const name = "editor_tab";

const IN_VIEW = "What is in the side bar?";
const IN_TAB = "What is in the tab?";
const DRAFT = "what else";
/** The editor starts with the dark one. */
const OTHER_THEMES: readonly Theme[] = ["light", "high-contrast"];

export async function run(editor: Editor): Promise<void> {
  const view = await openPanel(editor);
  await ask(view, IN_VIEW);
  await answerText(view, 1);
  await runCommand(editor, "Sightline: Open Chat in Editor");
  await view.questions.first().waitFor({ state: "detached" });
  await panelOf(editor, IN_VIEW);
  await editor.page.locator(".tab.active").getByText(IN_VIEW).waitFor();

  await runCommand(editor, "View: Close Editor");
  await runCommand(editor, "Sightline: New Chat in Editor");
  const tab = await otherPanel(editor, view);
  await ask(tab, IN_TAB);
  await answerText(tab, 1);
  await tab.composer.fill(DRAFT);
  assert.equal(await view.questions.count(), 0, "the side bar keeps its own chat");
  await ask(view, IN_VIEW);
  await answerText(view, 1);
  assert.equal(await tab.questions.count(), 1);
  assert.equal(await tab.composer.inputValue(), DRAFT);
  await editor.screenshot(join(screenshotFolder, "editor-tab-dark.png"));
  for (const theme of OTHER_THEMES) {
    await setTheme(editor, theme);
    await editor.screenshot(join(screenshotFolder, `editor-tab-${theme}.png`));
  }

  await reloadWindow(editor);
  const tabAgain = await panelOf(editor, IN_TAB);
  const viewAgain = await panelOf(editor, IN_VIEW);
  assert.ok(tabAgain.frame !== viewAgain.frame);
  assert.equal(await tabAgain.composer.inputValue(), DRAFT);
  await ask(tabAgain, "And now?");
  await answerText(tabAgain, 2);
  assert.equal(await viewAgain.questions.count(), 1);
}

/** The panel that shows a question. */
async function panelOf(editor: Editor, question: string): Promise<Panel> {
  return await shownPanel(editor, `article[data-role="user"]:has-text("${question}")`);
}

/** The panel that is shown beside another. */
async function otherPanel(editor: Editor, { frame }: Panel): Promise<Panel> {
  const id = await frame.locator("body").getAttribute("data-vscode-context");
  return await shownPanel(editor, `body:not([data-vscode-context='${id}']) textarea`);
}
