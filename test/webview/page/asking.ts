// Writing a question, sending it and stopping its answer, by keys.

import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import type { PanelFailure } from "../../../protocol/panel.ts";
import { NUMBERS, picture, turn } from "../panel_states.ts";
import { openPage } from "./open_page.ts";

const FIELD = 'textarea[aria-label="Ask about the picture"]';
const SEND = 'button[aria-label="Send"]';
const STOP = 'button[aria-label="Stop"]';

/** Enter sends once, Shift+Enter starts a line, and the text goes only when the question stands above. */
export async function enterSendsOnce(browser: Browser): Promise<void> {
  const { page, send, posted } = await openPage(browser);
  const field = page.locator(FIELD);
  assert.equal(await page.locator(SEND).isDisabled(), true);
  await field.press("Enter");
  await field.pressSequentially("one");
  await field.press("Shift+Enter");
  await field.pressSequentially("two");
  await field.evaluate((element) =>
    element.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }),
    )
  );
  assert.deepEqual(await posted(), []);
  await field.press("Enter");
  await field.press("Enter");
  assert.deepEqual(await posted(), [{ kind: "ask", text: "one\ntwo", depth: "off" }]);
  assert.equal(await field.inputValue(), "one\ntwo");
  await send({ kind: "asked", turn: turn("1") });
  assert.equal(await field.inputValue(), "");
}

/** While an answer comes, Stop is where Send was, Escape stops too, and the next question waits its turn. */
export async function escapeStops(browser: Browser): Promise<void> {
  const { page, send, posted } = await openPage(browser, { turns: [turn("1")] });
  const field = page.locator(FIELD);
  assert.equal(await page.locator(SEND).count(), 0);
  const place = await page.locator(STOP).boundingBox();
  await field.fill("next");
  assert.deepEqual(await page.locator(STOP).boundingBox(), place);
  await field.press("Enter");
  assert.deepEqual(await posted(), [{ kind: "ask", text: "next", depth: "off" }]);
  await send({ kind: "asked", turn: turn("2") });
  assert.equal(await field.inputValue(), "");
  const waiting = page.getByText("Waits for the answer above.");
  await waiting.getByRole("button", { name: "Do not ask" }).click();
  await field.press("Escape");
  await page.locator(STOP).click();
  const stop = (turnId: string) => ({ kind: "stop", turnId });
  assert.deepEqual(await posted(), [stop("2"), stop("1"), stop("1")]);
  await send({ kind: "stopped", turnId: "1" });
  assert.equal(await waiting.count(), 0);
  await send({ kind: "stopped", turnId: "2" });
  assert.equal(await page.locator(SEND).isDisabled(), true);
  await field.fill("last");
  await page.locator(SEND).click();
  assert.deepEqual(await posted(), [{ kind: "ask", text: "last", depth: "off" }]);
}

/** Pictures alone are a question; the choice how long to think goes with it and, like the draft, is kept. */
export async function picturesAloneCanBeSent(browser: Browser): Promise<void> {
  const { page, posted, draft } = await openPage(browser, { attachments: [picture("a")] });
  await page.getByRole("radio", { name: "Off" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("radio", { name: "Deep" }).isChecked(), true);
  await page.locator(SEND).click();
  assert.deepEqual(await posted(), [{ kind: "ask", text: "", depth: "deep" }]);
  await page.locator(FIELD).fill("half a que");
  assert.deepEqual(await draft(), { text: "half a que", depth: "deep" });
  assert.deepEqual(await page.evaluate("kept"), [{ chatId: "chat" }], "by this, a tab is restored");
}

/** Every chat has a draft of its own, and the page shows the one of the chat that is opened. */
export async function draftsBelongToTheirChats(browser: Browser): Promise<void> {
  const { page, send, draft } = await openPage(browser, { draft: { text: "first", depth: "auto" } });
  const field = page.locator(FIELD);
  assert.equal(await field.inputValue(), "first");
  assert.equal(await page.getByRole("radio", { name: "Auto" }).isChecked(), true);
  await field.press("End");
  await field.pressSequentially(" one");
  assert.deepEqual(await draft(), { text: "first one", depth: "auto" });
  const other = { turns: [turn("1")], attachments: [], refusals: [], need: null };
  await send({
    kind: "opened",
    conversation: { id: "b", ...other, draft: { text: "second", depth: "off" } },
  });
  assert.equal(await field.inputValue(), "second");
  assert.equal(await page.getByRole("radio", { name: "Off" }).isChecked(), true);
  assert.deepEqual(await page.evaluate("kept"), [{ chatId: "chat" }, { chatId: "b" }]);
  const context: unknown = JSON.parse(await page.evaluate("document.body.dataset.vscodeContext"));
  assert.deepEqual(context, { chatId: "b" }, "the page's menu is about the chat that is shown");
}

/** A refusal says why, is an alert, leaves the draft, and goes when it is dismissed. */
export async function refusalsKeepTheDraft(browser: Browser): Promise<void> {
  const { page, send, posted } = await openPage(browser);
  await page.locator(FIELD).fill("kept");
  await send({
    kind: "refused",
    refusal: {
      id: "r",
      failure: {
        kind: "picture-empty",
        headline: "a.png was not added.",
        message: "It is empty.",
        actions: [],
      },
    },
  });
  const alert = page.getByRole("alert");
  assert.match(await alert.innerText(), /a\.png was not added\. It is empty\./);
  await alert.getByRole("button", { name: "Dismiss" }).click();
  await alert.waitFor({ state: "detached" });
  assert.deepEqual(await posted(), [{ kind: "dismiss-refusal", id: "r" }]);
  assert.equal(await page.locator(FIELD).inputValue(), "kept");
}

/** Failed answers offer what their failure says helps. */
export async function failuresOfferWhatHelps(browser: Browser): Promise<void> {
  const failure: PanelFailure = {
    kind: "internal",
    headline: "The answer broke off.",
    message: "The engine stopped.",
    actions: ["retry", "drop-pictures", "show-log", "new-chat"],
  };
  const { page, posted } = await openPage(browser, {
    turns: [
      turn("1", { state: { kind: "failed", failure } }),
      turn("2", { text: "x", state: { kind: "done", numbers: NUMBERS } }),
    ],
  });
  const alert = page.getByRole("alert");
  for (const name of ["Ask Again", "Ask Without Old Pictures", "Show Log", "New Chat"]) {
    await alert.getByRole("button", { name }).click();
  }
  await page.getByRole("button", { name: "Copy answer" }).click();
  await page.getByRole("button", { name: "Get the full model" }).click();
  assert.deepEqual(await posted(), [
    { kind: "retry", turnId: "1" },
    { kind: "drop-pictures", turnId: "1" },
    { kind: "show-log" },
    { kind: "new-chat" },
    { kind: "copy", text: "x" },
    { kind: "show-full-model" },
  ]);
}
