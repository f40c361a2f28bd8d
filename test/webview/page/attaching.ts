// The ways in for pictures.

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { FromPanel } from "../../../protocol/panel.ts";
import { eventually } from "../../editor/host/eventually.ts";
import { picture, RECEIPT } from "../panel_states.ts";
import { type OpenPage, openPage } from "./open_page.ts";

/** What a person brings, by type; files have names. */
interface Brought {
  readonly texts?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

/** Pastes or drops into the page, and says whether the page used it up. */
async function bring(page: Page, kind: "paste" | "drop", brought: Brought): Promise<boolean> {
  return await page.evaluate(async ({ kind, texts, files }) => {
    const transfer = new DataTransfer();
    for (const [type, text] of Object.entries(texts ?? {})) transfer.setData(type, text);
    for (const name of files ?? []) transfer.items.add(new File([name], name, { type: "image/png" }));
    const options = { bubbles: true, cancelable: true };
    const event = kind === "paste"
      ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
      : new DragEvent("drop", { ...options, dataTransfer: transfer });
    const isLeft = document.querySelector("textarea")?.dispatchEvent(event) ?? true;
    await new Promise(requestAnimationFrame);
    return !isLeft;
  }, { kind, ...brought });
}

const bytesOf = (text: string): readonly number[] => [...new TextEncoder().encode(text)];

/** Pictures are sent as bytes, text is left to the field, and what is neither is reported. */
export async function pastingTakesPicturesAndLeavesText(browser: Browser): Promise<void> {
  const { page, posted } = await openPage(browser);
  assert.equal(
    await bring(page, "paste", { files: ["image.png", "b.png"], texts: { "text/html": "<img>" } }),
    true,
  );
  assert.deepEqual(await postedInTime(posted, 2), [
    { kind: "attach-bytes", name: "Pasted picture.png", bytes: bytesOf("image.png") },
    { kind: "attach-bytes", name: "b.png", bytes: bytesOf("b.png") },
  ]);
  assert.equal(await bring(page, "paste", { texts: { "text/plain": "words" } }), false);
  assert.deepEqual(await posted(), []);
  assert.equal(await bring(page, "paste", { texts: { "text/html": "<video>" } }), true);
  assert.deepEqual(await posted(), [{ kind: "nothing-to-attach", types: ["text/html"] }]);
}

/** The next messages of the page, which reads files before it sends them. */
async function postedInTime(posted: OpenPage["posted"], count: number): Promise<readonly FromPanel[]> {
  const messages: FromPanel[] = [];
  await eventually(`${count} messages`, async () => {
    messages.push(...await posted());
    return messages.length >= count;
  });
  return messages;
}

/** Files come as bytes, the Explorer's as addresses, and a link to the web is not followed. */
export async function droppingTakesFilesAndAddresses(browser: Browser): Promise<void> {
  const { page, posted } = await openPage(browser);
  await bring(page, "drop", { files: ["a.png"] });
  assert.deepEqual(await postedInTime(posted, 1), [
    { kind: "attach-bytes", name: "a.png", bytes: bytesOf("a.png") },
  ]);
  await bring(page, "drop", { texts: { "text/uri-list": "file:///a.png\r\nfile:///b.png" } });
  await bring(page, "drop", { texts: { "text/uri-list": "https://example.com/a.png" } });
  assert.deepEqual(await posted(), [
    { kind: "attach-addresses", addresses: ["file:///a.png", "file:///b.png"] },
    { kind: "nothing-to-attach", types: ["text/uri-list"] },
  ]);
}

/** An attachment is named, gets its receipt when it is confirmed, and can be removed. */
export async function attachmentsShowReceipts(browser: Browser): Promise<void> {
  const { page, send, posted } = await openPage(browser);
  await send({ kind: "attached", attachment: picture("a") }, { kind: "attached", attachment: picture("b") });
  const attachments = page.locator(".attachment");
  assert.deepEqual(await attachments.locator(".receipt").allInnerTexts(), ["reading…", "reading…"]);
  await send({ kind: "attachment-confirmed", id: "b", receipt: RECEIPT });
  assert.equal(
    await attachments.nth(1).locator(".receipt").innerText(),
    "✓ 1920×1080 · 9+1 slices · 640 tok",
  );
  assert.equal(
    await attachments.nth(1).locator(".picture").getAttribute("aria-label"),
    "picture 2 of 2, b.png, 1920 by 1080 pixels, seen in 3 by 3 slices and an overview, 640 tokens",
  );
  await page.getByRole("button", { name: "Remove b.png" }).click();
  assert.deepEqual(await posted(), [{ kind: "detach", id: "b" }]);
}
