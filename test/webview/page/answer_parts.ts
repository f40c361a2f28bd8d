// The parts of an answer that can do something: code, tables, formulas, diagrams, places in files, boxes in pictures.

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { picture, RECEIPT, turn } from "../panel_states.ts";
import { openPage } from "./open_page.ts";

/** A red square that needs no file. */
async function addPicture(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 192, height: 108 });
    canvas.getContext("2d")?.fillRect(0, 0, 100, 100);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    return blob === null ? "" : URL.createObjectURL(blob);
  });
}

async function answered(browser: Browser, text: string) {
  const opened = await openPage(browser, { turns: [turn("1")] });
  await opened.send({ kind: "answer", turnId: "1", text });
  return opened;
}

/** Code has buttons that send what is in it, and nothing else. */
export async function codeCanBeUsed(browser: Browser): Promise<void> {
  const { page, posted, complaints } = await answered(browser, "Do\n\n- this:\n\n  ```ts\n  const a = 1;\n  ```\n");
  for (const name of ["Insert", "New File", "Copy"]) {
    await page.getByRole("button", { name, exact: true }).press("Enter");
  }
  assert.deepEqual(await posted(), [
    { kind: "insert-code", text: "const a = 1;" },
    { kind: "new-file", text: "const a = 1;", language: "ts" },
    { kind: "copy", text: "const a = 1;" },
  ]);
  assert.equal(await page.locator("code .hljs-keyword").innerText(), "const");
  assert.deepEqual(complaints, []);
}
