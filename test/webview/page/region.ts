// Drawing on a picture before it is sent, and asking about a part of it.

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { eventually } from "../../editor/host/eventually.ts";
import { picture, RECEIPT, turn } from "../panel_states.ts";
import { type OpenPage, openPage } from "./open_page.ts";

const SIZE = { width: 192, height: 108 };
const FAILURE = {
  kind: "storage-failed",
  headline: "Not enough room.",
  message: "Free some.",
  actions: [],
} as const;

/** Every pixel has a colour of its own. */
const colourAt = (x: number, y: number): readonly number[] => [x, y, (7 * x + 13 * y) % 256];

/** Address of a picture with {@link colourAt}, or of one that is half transparent. */
async function source(page: Page, alpha = 255): Promise<string> {
  return await page.evaluate(async ({ width, height, alpha }) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const pixels = new ImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      pixels.data.set([x, y, (7 * x + 13 * y) % 256, alpha], 4 * i);
    }
    context?.putImageData(pixels, 0, 0);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    return blob === null ? "" : URL.createObjectURL(blob);
  }, { ...SIZE, alpha });
}

async function shot(page: Page, id: string, alpha?: number) {
  const receipt = { ...RECEIPT, widthPx: SIZE.width, heightPx: SIZE.height };
  return picture(id, { source: await source(page, alpha), receipt });
}

/** Opens the page with a picture, and the picture to be drawn on. */
async function editing(browser: Browser, alpha?: number) {
  const opened = await openPage(browser);
  await opened.send({ kind: "attached", attachment: await shot(opened.page, "a", alpha) });
  await opened.page.getByRole("button", { name: "Edit a.png" }).click();
  const dialog = opened.page.getByRole("dialog", { name: "Edit a.png" });
  await dialog.locator(".drawing svg").waitFor();
  const choose = (tool: string) => dialog.getByRole("radio", { name: new RegExp(`^${tool}:`) }).check();
  const press = (name: string) => dialog.getByRole("button", { name, exact: true }).click();
  const said = () => dialog.locator(".said").innerText();
  return { ...opened, dialog, choose, press, said };
}

type Corner = readonly [x: number, y: number];

/** Drags over the picture, from one of its pixels to another. */
async function drag(page: Page, from: Corner, to: Corner): Promise<void> {
  const places = await page.locator(".drawing svg").evaluate((svg, corners) => {
    const matrix = (svg as SVGSVGElement).getScreenCTM() ?? undefined;
    return corners.map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix).toJSON() as DOMPoint);
  }, [from, [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as Corner, to]);
  const [start, middle, end] = places;
  assert.ok(start && middle && end);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.move(end.x, end.y);
  await page.mouse.up();
}

/** The picture that was sent in place of another. */
async function applied({ posted }: OpenPage) {
  const sent = await eventually(
    "the edited picture",
    async () => (await posted()).find((message) => message.kind === "replace-attachment"),
  );
  assert.equal(sent.id, "a");
  const png = Buffer.from(sent.bytes);
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { png, raw: data, info };
}

/** What is cut off is gone, what is painted over is one colour, and every other pixel is as it was. */
export async function croppingAndRedactingGiveExactPixels(browser: Browser): Promise<void> {
  const opened = await editing(browser);
  const { page, choose, press, send, dialog, said, complaints } = opened;
  await drag(page, [20, 10], [120, 60]);
  assert.equal(await said(), "Crop from 20, 10 to 120, 60");
  await choose("Redact");
  // Backwards, and over the edge of what stays.
  await drag(page, [70, 40], [10, 20]);
  assert.equal(await said(), "Redaction from 10, 20 to 70, 40");
  await press("Apply");
  const { raw, info, png } = await applied(opened);
  assert.deepEqual([info.width, info.height], [100, 50]);
  for (let y = 0; y < 50; y++) {
    for (let x = 0; x < 100; x++) {
      const isRedacted = x < 50 && y >= 10 && y < 30;
      const expected = isRedacted ? [0, 0, 0] : colourAt(x + 20, y + 10);
      const at = 4 * (100 * y + x);
      assert.deepEqual([...raw.subarray(at, at + 4)], [...expected, 255], `at ${x}, ${y}`);
    }
  }
  assert.doesNotMatch(png.toString("latin1"), /eXIf|iTXt|tEXt|zTXt/);
  assert.equal(await dialog.isVisible(), true);
  await send({ kind: "attachment-replaced", id: "a", attachment: picture("b", { name: "a (edited).png" }) });
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await page.locator(".attachment .name").allInnerTexts(), ["a (edited).png"]);
  assert.deepEqual(complaints, []);
}

/** A box and an arrow are seen on bright and dark, and change nothing beside themselves. */
export async function boxesAndArrowsAreDrawn(browser: Browser): Promise<void> {
  const opened = await editing(browser);
  const { page, choose, press } = opened;
  await choose("Box");
  await drag(page, [40, 30], [100, 70]);
  await choose("Arrow");
  await drag(page, [180, 100], [130, 80]);
  await press("Apply");
  const { raw, info } = await applied(opened);
  assert.deepEqual([info.width, info.height], [SIZE.width, SIZE.height]);
  const at = (x: number, y: number) => [...raw.subarray(4 * (SIZE.width * y + x)).subarray(0, 3)];
  assert.deepEqual(at(70, 30), [0xe3, 0, 0x3d], "the line of the box");
  assert.deepEqual(at(70, 31), [255, 255, 255], "its edge");
  assert.deepEqual(at(70, 50), colourAt(70, 50), "what is in the box");
  assert.deepEqual(at(150, 88), [0xe3, 0, 0x3d], "the line of the arrow");
  assert.deepEqual(at(10, 10), colourAt(10, 10), "what is beside them");
}

/** Transparency stays, so that the model sees it on white as before. */
export async function transparencyIsKept(browser: Browser): Promise<void> {
  const opened = await editing(browser, 0);
  await drag(opened.page, [0, 0], [50, 50]);
  await opened.press("Apply");
  const { raw } = await applied(opened);
  assert.equal(raw[3], 0);
}

/** Everything is possible without a pointer, and said in words. */
export async function marksAreDrawnByKeys(browser: Browser): Promise<void> {
  const opened = await editing(browser);
  const { page, choose, press, said, dialog, posted } = opened;
  const { keyboard } = page;
  await choose("Box");
  await dialog.getByRole("application").focus();
  await keyboard.press("Enter");
  assert.equal(await said(), "Box from 72, 41 to 120, 68");
  await keyboard.press("ArrowLeft");
  await keyboard.press("Shift+ArrowUp");
  assert.equal(await said(), "Box from 71, 31 to 119, 58");
  await keyboard.press("Control+ArrowRight");
  await keyboard.press("Alt+Shift+ArrowDown");
  assert.equal(await said(), "Box from 71, 31 to 120, 68");
  // Steps of one kind are one.
  await keyboard.press("Control+z");
  assert.equal(await said(), "Undone. Marks: 1.");
  await keyboard.press("Control+z");
  await keyboard.press("Control+z");
  assert.equal(await dialog.locator(".mark").count(), 0);
  await keyboard.press("Control+Shift+z");
  assert.equal(await dialog.locator(".mark").count(), 1);
  await press("Reset");
  assert.equal(await said(), "All marks removed.");
  await press("Undo");
  assert.equal(await dialog.locator(".mark").count(), 1);
  await page.keyboard.press("Escape");
  await dialog.getByText("Escape again leaves without them.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await posted(), []);
  assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-label')"), "Edit a.png");
}

/** Tab goes round within the dialog, in both directions. */
export async function focusStaysInTheEditor(browser: Browser): Promise<void> {
  const { page, dialog } = await editing(browser);
  for (const key of ["Tab", "Shift+Tab"]) {
    const passed = new Set<string>();
    for (let count = 0; count < 14; count++) {
      await page.keyboard.press(key);
      const isInside = await dialog.evaluate((dialog) => dialog.contains(document.activeElement));
      assert.equal(isInside, true);
      passed.add(
        await page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"),
      );
    }
    for (const name of ["Close", "Crop: keep only a part", "100 %", "a.png, to draw on", "Cancel"]) {
      assert.ok(passed.has(name), `${key} never came to ${name}: ${[...passed].join(" | ")}`);
    }
  }
}

/** When the picture cannot be replaced, the marks are still there, and it can be tried again. */
export async function failureLosesNoMarks(browser: Browser): Promise<void> {
  const opened = await editing(browser);
  const { page, press, send, dialog } = opened;
  await drag(page, [0, 0], [50, 50]);
  await press("Apply");
  await applied(opened);
  await send({ kind: "attachment-not-replaced", id: "a", failure: FAILURE });
  assert.equal(await dialog.getByRole("alert").innerText(), "Not enough room. Free some.");
  assert.equal(await dialog.locator(".mark").count(), 1);
  await press("Apply");
  await applied(opened);
}

/** What no browser shows is not edited, and why is said. */
export async function unreadablePicturesAreNotEdited(browser: Browser): Promise<void> {
  const { page, send } = await openPage(browser);
  const receipt = { ...RECEIPT, format: "tiff" };
  await send({
    kind: "attached",
    attachment: picture("a", {
      source: await page.evaluate("URL.createObjectURL(new Blob(['II*']))"),
      receipt,
    }),
  });
  await page.getByRole("button", { name: "Edit a.png" }).click();
  await page.getByText("a.png cannot be edited here: this format (tiff) is not shown by browsers.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Apply" }).isDisabled(), true);
}

/** A box stands above the field until it is asked about, goes with the question, and can be taken off. */
export async function questionsAreAskedAboutABox(browser: Browser): Promise<void> {
  const { page, choose, press, posted, dialog } = await editing(browser);
  await choose("Ask");
  await drag(page, [48, 27], [96, 54]);
  await press("Ask About This Part");
  await dialog.waitFor({ state: "detached" });
  await page.getByText("About the box 48,27–96,54 of picture 1").waitFor();
  await page.keyboard.type("What is this?");
  await page.keyboard.press("Enter");
  const about = { pictureId: "a", box: { left: 250, top: 250, right: 500, bottom: 500 } };
  assert.deepEqual(await posted(), [{ kind: "ask", text: "What is this?", depth: "off", about }]);
  await page.getByRole("button", { name: "Ask about the whole picture" }).click();
  await page.keyboard.press("Enter");
  assert.deepEqual(await posted(), [{ kind: "ask", text: "What is this?", depth: "off" }]);
}

/** Marks are applied first, and the box is where it was in what is left of the picture. */
export async function editedPicturesAreAskedAbout(browser: Browser): Promise<void> {
  const opened = await editing(browser);
  const { page, choose, press, send, posted } = opened;
  await drag(page, [40, 20], [140, 70]);
  await choose("Ask");
  await drag(page, [90, 45], [192, 108]);
  await press("Ask About This Part");
  await applied(opened);
  const receipt = { ...RECEIPT, widthPx: 100, heightPx: 50 };
  await send({ kind: "attachment-replaced", id: "a", attachment: picture("b", { receipt }) });
  await page.getByText("About the box 50,25–100,50 of picture 1").waitFor();
  await page.keyboard.type("This?");
  await page.keyboard.press("Enter");
  const box = { left: 500, top: 500, right: 1000, bottom: 1000 };
  const [asked] = await posted();
  assert.deepEqual(asked, { kind: "ask", text: "This?", depth: "off", about: { pictureId: "b", box } });
  await send({ kind: "asked", turn: turn("1") });
  await page.locator(".about-chip").waitFor({ state: "detached" });
}

/** A part of a picture that was asked about before is asked about, and shown in the question's picture. */
export async function earlierPicturesAreAskedAbout(browser: Browser): Promise<void> {
  const { page, send } = await openPage(browser);
  const earlier = await shot(page, "a");
  const done = { kind: "stopped" } as const;
  await send({ kind: "asked", turn: turn("1", { attachments: [earlier], state: done }) });
  await page.getByRole("button", { name: "Ask about a part of a.png" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator(".drawing svg").waitFor();
  assert.deepEqual(
    await dialog.getByRole("radio").evaluateAll((radios) =>
      radios.map((radio) => radio.getAttribute("value"))
    ),
    ["ask", "select"],
  );
  assert.equal(await dialog.getByRole("button", { name: "Apply" }).count(), 0);
  await drag(page, [0, 0], [96, 54]);
  await dialog.getByRole("button", { name: "Ask About This Part" }).click();
  await page.getByText("About the box 0,0–96,54 of a.png").waitFor();
  const about = { picture: earlier, box: { left: 0, top: 0, right: 500, bottom: 500 } };
  await send({
    kind: "asked",
    turn: turn("2", { question: { text: "And <box>1 2 3 4</box>?", attachments: [], about } }),
  });
  const question = page.locator(".question").nth(1);
  await question.locator(".box-mark").waitFor();
  assert.equal(await question.locator(".box-mark").getAttribute("width"), "96");
  assert.match(await question.innerText(), /About the box 0,0–96,54 of a\.png\s+And <box>1 2 3 4<\/box>\?/);
}

/** A box of an answer lies in the picture that the words before it name; where they name none, a person chooses. */
export async function boxesLieInOnePicture(browser: Browser): Promise<void> {
  const { page, send } = await openPage(browser);
  const pictures = [await shot(page, "a"), await shot(page, "b")];
  await send({ kind: "asked", turn: turn("1", { attachments: pictures }) });
  const box = "<box>250 250 500 500</box>";
  const text = `In image 2, <ref>this</ref>${box}.\n\nAnd <ref>that</ref>${box}.`;
  await send({ kind: "answer", turnId: "1", text });
  const marks = page.locator(".question .box-mark");
  await page.getByRole("button", { name: "this", exact: true }).focus();
  await page.locator(".question .shot").nth(1).locator(".box-mark").waitFor();
  assert.equal(await marks.count(), 1);
  const other = page.getByRole("button", { name: "that", exact: true });
  await other.focus();
  await marks.waitFor({ state: "detached" });
  await other.press("Enter");
  const dialog = page.getByRole("dialog", { name: "that" });
  const shown = dialog.locator("image");
  assert.equal(await shown.getAttribute("href"), pictures[0]?.source);
  await dialog.getByRole("button", { name: "picture 2" }).click();
  assert.equal(await shown.getAttribute("href"), pictures[1]?.source);
}
