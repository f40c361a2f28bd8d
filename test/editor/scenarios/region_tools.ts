// A person crops a screenshot and paints over a part of it before it is sent, and asks about a part of what is left.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import sharp from "sharp";
import type { Editor, Theme } from "../host/editor.ts";
import { eventually } from "../host/eventually.ts";
import { screenshotFolder } from "../host/places.ts";
import { setTheme } from "../host/workbench.ts";
import { answerText, openPanel, type Panel, pastePicture } from "../panel.ts";

export const name = "region_tools";

const THEMES: readonly Theme[] = ["light", "high-contrast", "dark"];

type Corner = readonly [x: number, y: number];

export async function run(editor: Editor): Promise<void> {
  const panel = await openPanel(editor);
  const original = await readFile(join(editor.workspaceFolder, "dialog.png"));
  await pastePicture(editor, panel, original);
  const storage = join(editor.userDataFolder, "User", "globalStorage", "sightline.sightline");
  // The clipboard writes the picture anew, so its hash is only known from here.
  const [hash = ""] = await readdir(join(storage, "pictures"));
  const stored = join(storage, "pictures", hash);
  assert.match(hash, /^[0-9a-f]{64}$/);

  const dialog = await openEditor(panel);
  await drag(editor, dialog, [40, 60], [1080, 640]);
  await dialog.getByRole("radio", { name: /^Redact:/ }).check();
  await drag(editor, dialog, [100, 100], [500, 200]);
  await dialog.getByRole("radio", { name: /^Arrow:/ }).check();
  await drag(editor, dialog, [900, 300], [700, 500]);
  for (const theme of THEMES) {
    await setTheme(editor, theme);
    await editor.screenshot(join(screenshotFolder, `region-${theme}.png`));
  }
  await dialog.getByRole("button", { name: "Apply" }).click();
  await dialog.waitFor({ state: "detached" });
  const receipt = panel.attachments.locator(".receipt");
  await receipt.getByText("1040×580").waitFor();
  assert.equal(existsSync(stored), false, "the original is still in the store");
  await checkPixels(join(storage, "pictures"));
  await checkCache(panel, hash);

  await askAboutPart(editor, panel);
  assert.deepEqual(await panel.questions.first().locator(".box-mark").count(), 1);
  await editor.screenshot(join(screenshotFolder, "region-asked.png"));
}

async function askAboutPart(editor: Editor, panel: Panel): Promise<void> {
  const dialog = await openEditor(panel);
  await dialog.getByRole("radio", { name: /^Ask:/ }).check();
  await drag(editor, dialog, [104, 116], [520, 290]);
  await dialog.getByRole("button", { name: "Ask About This Part" }).click();
  await panel.frame.getByText("About the box 104,116–520,290 of picture 1").waitFor();
  await editor.page.keyboard.type("What is this?");
  await editor.page.keyboard.press("Enter");
  await answerText(panel, 1);
}

async function openEditor(panel: Panel): Promise<Locator> {
  const edit = panel.attachments.getByRole("button", { name: /^Edit / });
  await edit.click();
  const dialog = panel.frame.getByRole("dialog");
  await dialog.locator(".drawing svg").waitFor();
  return dialog;
}

/** Drags over the picture, from one of its pixels to another. */
async function drag(editor: Editor, dialog: Locator, from: Corner, to: Corner): Promise<void> {
  const svg = dialog.locator(".drawing svg");
  const frame = await svg.boundingBox();
  const places = await svg.evaluate((svg, corners) => {
    const matrix = (svg as SVGSVGElement).getScreenCTM() ?? undefined;
    const { left, top } = svg.getBoundingClientRect();
    return corners.map(([x, y]) => {
      const point = new DOMPoint(x, y).matrixTransform(matrix);
      return { x: point.x - left, y: point.y - top };
    });
  }, [from, to]);
  const [start, end] = places;
  assert.ok(frame !== null && start !== undefined && end !== undefined);
  await editor.page.mouse.move(frame.x + start.x, frame.y + start.y);
  await editor.page.mouse.down();
  await editor.page.mouse.move(frame.x + end.x - 1, frame.y + end.y - 1);
  await editor.page.mouse.move(frame.x + end.x, frame.y + end.y);
  await editor.page.mouse.up();
}

/** The one picture in the store has what was painted over in one colour, and the rest. */
async function checkPixels(folder: string): Promise<void> {
  const [file, ...others] = await eventually("the edited picture alone", async () => {
    const files = await readdir(folder);
    return files.length === 1 && files;
  });
  assert.ok(file !== undefined && others.length === 0);
  const { data, info } = await sharp(join(folder, file)).removeAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [1040, 580]);
  // One pixel in from the edges, since a screen's pixel is more than one of the picture's.
  for (let y = 42; y < 138; y++) {
    for (let x = 62; x < 458; x++) {
      const at = 3 * (info.width * y + x);
      assert.deepEqual([...data.subarray(at, at + 3)], [0, 0, 0], `not painted over at ${x}, ${y}`);
    }
  }
}

/** VS Code keeps files that its pages have shown; this one must be gone from there too. */
async function checkCache(panel: Panel, hash: string): Promise<void> {
  await eventually("the original to leave the page's cache", async () => {
    const kept = await panel.frame.evaluate(async () => {
      const addresses: string[] = [];
      for (const name of await caches.keys()) {
        addresses.push(...(await (await caches.open(name)).keys()).map(({ url }) => url));
      }
      return addresses;
    });
    return !kept.some((address) => address.includes(hash));
  });
}
