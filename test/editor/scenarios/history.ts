// A person asks in two chats, loads the window anew, finds the first chat again by a word in it, renames it by
// keyboard, exports it, and deletes first one and then all.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Editor, Theme } from "../host/editor.ts";
import { screenshotFolder } from "../host/places.ts";
import {
  answerQuickInput,
  chooseQuickInput,
  dismissQuickInput,
  eventually,
  notificationText,
  pressDialogButton,
  quickInputLabels,
  reloadWindow,
  runCommand,
  setTheme,
} from "../host/workbench.ts";
import { answerText, ask, openPanel, type Panel, pastePicture } from "../panel.ts";

export const name = "history";

const FIRST = "What does this dialog say?";
const SECOND = "Where is the whale?";
const DRAFT = "half a que";
const TITLE = "The first of all";
/** The editor starts with the dark one. */
const OTHER_THEMES: readonly Theme[] = ["light", "high-contrast"];

export async function run(editor: Editor): Promise<void> {
  const panel = await openPanel(editor);
  await pastePicture(editor, panel, await readFile(join(editor.workspaceFolder, "dialog.png")));
  await ask(panel, FIRST);
  const answer = await answerText(panel, 1);
  await runCommand(editor, "Sightline: New Chat");
  await panel.questions.first().waitFor({ state: "detached" });
  await ask(panel, SECOND);
  await answerText(panel, 1);
  await panel.composer.fill(DRAFT);
  // The page tells the extension at once, which writes it down within a second.
  await eventually("the draft to be kept", () => files(editor).some((text) => text.includes(DRAFT)));

  await reloadWindow(editor);
  const again = await openPanel(editor);
  await again.questions.getByText(SECOND).waitFor();
  assert.equal(await again.composer.inputValue(), DRAFT);

  await findAndRename(editor, answer);
  await chooseQuickInput(editor, TITLE);
  await again.questions.getByText(FIRST).waitFor();
  assert.equal((await again.answers.first().locator(".answer").innerText()).trim(), answer);
  await editor.page.locator(".sidebar .composite.title").getByText(TITLE).waitFor();

  await exportMarkdown(editor, answer);
  await deleteChats(editor, again);
}

/** The files of the kept chats. */
function files(editor: Editor): readonly string[] {
  const folder = join(storage(editor), "conversations");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(".json")).map((name) =>
    readFileSync(join(folder, name), "utf8")
  );
}

function storage(editor: Editor): string {
  return join(editor.userDataFolder, "User", "globalStorage", "sightline.sightline");
}

/** By keyboard alone: a word of the answer, the arrow, Tab to the button. Leaves the list open. */
async function findAndRename(editor: Editor, answer: string): Promise<void> {
  const { keyboard } = editor.page;
  await runCommand(editor, "Sightline: Show History");
  await eventually("both chats", async () => {
    const labels = await quickInputLabels(editor);
    return labels.includes(FIRST) && labels.includes(SECOND);
  });
  await editor.screenshot(join(screenshotFolder, "history-dark.png"));
  for (const theme of OTHER_THEMES) {
    await dismissQuickInput(editor);
    await setTheme(editor, theme);
    await runCommand(editor, "Sightline: Show History");
    await eventually("the list", async () => (await quickInputLabels(editor)).includes(FIRST));
    await editor.screenshot(join(screenshotFolder, `history-${theme}.png`));
  }
  const words = answer.split(/\W+/).filter((word) => word.length > 3).slice(0, 2).join(" ");
  await keyboard.type(`${words} dialog`);
  await eventually("the first chat alone", async () => {
    const labels = await quickInputLabels(editor);
    return labels.includes(FIRST) && !labels.includes(SECOND);
  });
  await editor.screenshot(join(screenshotFolder, "history-search.png"));
  await tabTo(editor, "Rename Chat");
  await keyboard.press("Enter");
  await eventually(
    "the box for the title",
    async () => await editor.page.locator(".quick-input-widget input.input").inputValue() === FIRST,
  );
  await answerQuickInput(editor, TITLE);
  await eventually(
    "the list with the new title",
    async () => (await quickInputLabels(editor)).includes(TITLE),
  );
}

async function tabTo(editor: Editor, label: string): Promise<void> {
  const passed: string[] = [];
  for (let count = 0; count < 10; count++) {
    const name = await editor.page.evaluate(() =>
      document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.className ?? ""
    );
    if (name === label) return;
    passed.push(name);
    await editor.page.keyboard.press("Tab");
  }
  throw new Error(`Tab never comes to "${label}"; it came to ${passed.join(" | ")}`);
}

async function exportMarkdown(editor: Editor, answer: string): Promise<void> {
  await runCommand(editor, "Sightline: Export Chat");
  await chooseQuickInput(editor, "Markdown");
  const path = join(editor.workspaceFolder, "kept.md");
  await eventually(
    "the box for the file's name",
    async () => (await editor.page.locator(".quick-input-widget input.input").inputValue()).endsWith(".md"),
  );
  await answerQuickInput(editor, path);
  await notificationText(editor, /Exported to kept\.md/);
  const text = readFileSync(path, "utf8");
  assert.match(text, new RegExp(`^# ${TITLE}$`, "m"));
  // The page shows no marks.
  assert.ok(text.replaceAll("`", "").includes(answer.replaceAll("`", "").slice(0, 20)), text);
  const [, link = ""] = /!\[.*\]\((.*)\)/.exec(text) ?? [];
  const picture = readFileSync(join(editor.workspaceFolder, decodeURIComponent(link)));
  // Browsers write a pasted picture anew, so it is not the sample's bytes.
  const [stored = ""] = readdirSync(join(storage(editor), "pictures"));
  assert.ok(picture.equals(readFileSync(join(storage(editor), "pictures", stored))));
}

async function deleteChats(editor: Editor, panel: Panel): Promise<void> {
  const pictures = () => readdirSync(join(storage(editor), "pictures"));
  assert.equal(pictures().length, 1);
  await runCommand(editor, "Sightline: Delete Chat");
  const asked = await pressDialogButton(editor, "Delete");
  assert.match(asked, new RegExp(TITLE));
  await panel.questions.first().waitFor({ state: "detached" });
  await eventually("the chat's picture to go", () => pictures().length === 0);
  assert.deepEqual(files(editor).map((text) => text.includes(SECOND)), [true]);

  await runCommand(editor, "Sightline: Delete All Chats");
  await pressDialogButton(editor, "Delete All");
  await eventually("every chat to go", () => files(editor).length === 0);
  await runCommand(editor, "Sightline: Show History");
  await eventually("an empty list", async () => (await quickInputLabels(editor)).length === 0);
}
