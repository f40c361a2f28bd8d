// Questions in other words, answers that go on, and the room that is left.

import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { NUMBERS, picture, RECEIPT, turn } from "../panel_states.ts";
import { openPage } from "./open_page.ts";

const DONE = { kind: "done", numbers: NUMBERS } as const;

/** A question becomes a field in its place; Escape leaves it, Enter asks, and nothing is changed during an answer. */
export async function questionsCanBeEdited(browser: Browser): Promise<void> {
  const { page, send, posted } = await openPage(browser, { turns: [turn("1", { text: "x", state: DONE })] });
  const edit = page.getByRole("button", { name: "Edit question" });
  const field = page.getByRole("textbox", { name: "Question in other words" });
  await edit.focus();
  await page.keyboard.press("Enter");
  assert.equal(await field.inputValue(), "What is this?");
  await field.press("Escape");
  assert.equal(await field.count(), 0);
  await edit.click();
  await field.fill("What else?");
  await field.press("Enter");
  assert.deepEqual(await posted(), [{ kind: "edit", turnId: "1", text: "What else?" }]);
  await send({ kind: "turns", turns: [turn("2", { version: { position: 2, count: 2 } })] });
  assert.equal(await edit.isDisabled(), true);
}

/** The versions of a question are counted, and buttons show the others. */
export async function versionsCanBeSwitched(browser: Browser): Promise<void> {
  const version = { position: 2, count: 3 };
  const { page, send, posted } = await openPage(browser, {
    turns: [turn("1", { text: "x", state: DONE, version })],
  });
  const group = page.getByRole("group", { name: "Version 2 of 3" });
  assert.equal((await group.innerText()).trim(), "2/3");
  await group.getByRole("button", { name: "Earlier version" }).click();
  await group.getByRole("button", { name: "Later version" }).click();
  const show = (position: number) => ({ kind: "show-version", turnId: "1", position });
  assert.deepEqual(await posted(), [show(1), show(3)]);
  await send({ kind: "turns", turns: [turn("0", { state: DONE, version: { position: 1, count: 3 } })] });
  assert.equal(await page.getByRole("button", { name: "Earlier version" }).isDisabled(), true);
}

/** What was cut off or stopped goes on; what ended by itself, or has no beginning, does not. */
export async function cutAnswersGoOn(browser: Browser): Promise<void> {
  const goOn = { name: "Continue answer" };
  for (
    const [state, text, isOffered] of [
      [DONE, "It is", false],
      [{ kind: "done", numbers: { ...NUMBERS, stopReason: "length" } }, "It is", true],
      [{ kind: "stopped" }, "It is", true],
      [{ kind: "stopped" }, "", false],
    ] as const
  ) {
    const { page, send, posted } = await openPage(browser, { turns: [turn("1", { text, state })] });
    assert.equal(await page.getByRole("button", goOn).count(), isOffered ? 1 : 0);
    if (!isOffered) continue;
    await page.getByRole("button", goOn).click();
    assert.deepEqual(await posted(), [{ kind: "continue", turnId: "1" }]);
    await send({ kind: "continued", turnId: "1" }, { kind: "answer", turnId: "1", text: " a dialog." });
    assert.match(await page.locator(".answer").innerText(), /It is a dialog\./);
  }
}

/** The meter says before sending what the next question takes, and warns when there is hardly room. */
export async function contextIsMeasured(browser: Browser): Promise<void> {
  const { page, send } = await openPage(browser, { turns: [turn("1", { text: "x", state: DONE })] });
  const meter = page.getByRole("meter", { name: "Context" });
  assert.equal(await meter.innerText(), "988 / 4k");
  await send({ kind: "attached", attachment: picture("a", { receipt: RECEIPT }) });
  assert.equal(await meter.innerText(), "1.6k / 4k");
  await send({ kind: "need", need: { tokenCount: 3900, contextLength: 4096 } });
  assert.equal(await meter.innerText(), "3.9k / 4k");
  assert.equal(
    await meter.getAttribute("aria-valuetext"),
    "3900 of 4096 tokens of the context are used, 95 %",
  );
  assert.match(await meter.getAttribute("class") ?? "", /nearly-full/);
}
