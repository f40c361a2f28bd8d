// A person selects three pictures in the Explorer and takes the text of all of them into an editor.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Editor } from "../host/editor.ts";
import { activeEditorText, chooseInExplorerMenu, eventually } from "../host/workbench.ts";

export const name = "ocr_three_files";

const FILES = ["dialog.png", "docs-page.png", "terminal-error.png"];

/** The part of a picture's words that must be there; reading text is not exact, least of all spaces. */
const WANTED_PART = 0.7;

export async function run(editor: Editor): Promise<void> {
  await chooseInExplorerMenu(editor, FILES, "Extract Text (OCR)");
  await editor.page.locator(".editor-group-container.active .editor-instance .view-lines").first().waitFor();
  const truth: Record<string, { lines: readonly string[] }> = JSON.parse(
    await readFile(join(editor.workspaceFolder, "truth.json"), "utf8"),
  );
  let found: readonly number[] = [];
  // The editor may open before all is read.
  const text = await eventually("the text of all pictures", async () => {
    const text = (await activeEditorText(editor)).toLowerCase();
    found = FILES.map((file) => partOfWordsIn(text, truth[file]?.lines ?? []));
    return found.every((part) => part >= WANTED_PART) && text;
  }, 60_000).catch((cause: unknown) => {
    throw new Error(`The parts of the words found in ${FILES.join(", ")} are ${found.join(", ")}`, { cause });
  });
  for (const file of FILES) assert.ok(text.includes(file), `the text does not name ${file}`);
}

function partOfWordsIn(text: string, lines: readonly string[]): number {
  const words = lines.flatMap((line) => line.toLowerCase().match(/[a-z]{4,}/g) ?? []);
  return words.filter((word) => text.includes(word)).length / words.length;
}
