// Reading an answer while it comes.

import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import type { AnswerNumbers, ToPanel } from "../../../protocol/panel.ts";
import { NUMBERS, turn } from "../panel_states.ts";
import { openPage } from "./open_page.ts";

const FAR_UP_PX = 200;

function piece(text: string): ToPanel {
  return { kind: "answer", turnId: "1", text };
}

/** The trace is open until the answer starts, unless the person chose otherwise. */
export async function thinkingGivesWayToTheAnswer(browser: Browser): Promise<void> {
  const thinking: ToPanel = { kind: "thinking", turnId: "1", text: "Hm.", tokenCount: 2, elapsedMs: 1500 };
  for (const isOpened of [false, true]) {
    const { page, send, posted } = await openPage(browser, { turns: [turn("1", { depth: "auto" })] });
    assert.equal(await page.locator("details").count(), 0);
    await send(thinking);
    const trace = page.locator(".trace");
    assert.equal(await page.locator("summary").innerText(), "Thinking · 1.5 s · 2 tokens");
    assert.equal(await trace.isVisible(), true);
    const skip = page.getByRole("button", { name: "Skip to answer" });
    await skip.click();
    assert.deepEqual(await posted(), [{ kind: "skip-thinking", turnId: "1" }]);
    if (isOpened) {
      await page.locator("summary").click();
      assert.equal(await trace.isVisible(), false);
      await page.locator("summary").press("Enter");
    }
    await send(piece("It is."));
    assert.equal(await page.locator("summary").innerText(), "Thought for 1.5 s · 2 tokens");
    assert.equal(await trace.isVisible(), isOpened);
    assert.equal(await skip.count(), 0);
    const numbers: AnswerNumbers = { ...NUMBERS, traceEnd: "person" };
    await send({ kind: "done", turnId: "1", numbers });
    assert.match(await page.locator("footer").innerText(), /You skipped the rest of the thinking/);
    await page.getByRole("button", { name: "Copy answer" }).click();
    assert.deepEqual(await posted(), [{ kind: "copy", text: "It is." }]);
  }
}

/** The end stays in sight as the answer grows; a reader who went up stays where they are, and can come back. */
export async function scrollPositionBelongsToTheReader(browser: Browser): Promise<void> {
  const { page, send } = await openPage(browser, { turns: [turn("1")] });
  const main = page.locator("main");
  const top = (): Promise<number> => main.evaluate((box) => box.scrollTop);
  const toEnd = (): Promise<number> =>
    main.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
  const words = "word ".repeat(100) + "\n\n";
  for (let count = 0; count < 10; count++) {
    await send(piece(words));
    assert.ok(await toEnd() <= 1, `${await toEnd()} px are below the fold`);
  }
  await main.hover();
  await page.mouse.wheel(0, -FAR_UP_PX);
  const jump = page.getByRole("button", { name: "Jump to Latest" });
  await jump.waitFor();
  const reading = await top();
  await send(piece(words), piece(words));
  assert.equal(await top(), reading);
  await jump.click();
  await jump.waitFor({ state: "detached" });
  await send(piece(words));
  assert.ok(await toEnd() <= 1, `${await toEnd()} px are below the fold`);
}

/** A screen reader hears the sentences and the end; busy and done can be told apart. */
export async function answersAreAnnounced(browser: Browser): Promise<void> {
  const { page, send } = await openPage(browser, { turns: [turn("1")] });
  const article = page.locator('article[data-role="assistant"]');
  const status = page.getByRole("status");
  assert.equal(await article.getAttribute("aria-busy"), "true");
  await send(piece("It is a dialog. It has"));
  assert.equal(await status.textContent(), "It is a dialog.");
  await send(piece(" two buttons."), { kind: "done", turnId: "1", numbers: NUMBERS });
  assert.equal(await status.textContent(), "It has two buttons. Answer finished, 148 tokens.");
  assert.equal(await article.getAttribute("aria-busy"), "false");
}

/** Code is copied without the words around it. */
export async function codeCanBeCopied(browser: Browser): Promise<void> {
  const { page, send, posted } = await openPage(browser, { turns: [turn("1")] });
  await send(piece("Do\n\n```ts\nconst a = 1 < 2;\n```\n\nthis"));
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  assert.deepEqual(await posted(), [{ kind: "copy", text: "const a = 1 < 2;" }]);
}

/** What was selected stays selected while more comes, and the end looks as if it had come at once. */
export async function growingAnswersKeepTheSelection(browser: Browser): Promise<void> {
  const text =
    "1. **one** and\n2. two\n   - `deep`\n\n> quoted\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\nlast *words*";
  const whole = await openPage(browser, { turns: [turn("1")] });
  await whole.send(piece(text));
  const { page, send } = await openPage(browser, { turns: [turn("1")] });
  await send(piece(text.slice(0, 10)));
  await page.locator(".answer strong").selectText();
  for (const character of text.slice(10)) await send(piece(character));
  assert.equal(await page.evaluate("getSelection().toString()"), "one");
  assert.equal(
    await page.locator(".answer").innerHTML(),
    await whole.page.locator(".answer").innerHTML(),
  );
}
