// What a person sees and does in Sightline's panel. Elements are found by role and name, as a screen reader
// finds them.

import type { Frame, Locator } from "playwright-core";
import type { Editor } from "./host/editor.ts";
import { attempt, eventually, pastePng, runCommand, webviewFrame } from "./host/workbench.ts";

/** The command line of the sidecar's process. */
export const SIDECAR = /sidecar[\\/]main\.js/;

const COMPOSER = 'textarea[aria-label="Ask about the picture"]';

/** The panel while it is shown. */
export interface Panel {
  readonly frame: Frame;
  readonly composer: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  readonly answers: Locator;
  readonly questions: Locator;
  /** Messages about something that failed. */
  readonly alerts: Locator;
  /** Pictures that go with the next question. */
  readonly attachments: Locator;
}

/** Shows the panel through its command, if it is not yet shown. */
export async function openPanel(editor: Editor): Promise<Panel> {
  await runCommand(editor, "Sightline: Open Chat");
  return await shownPanel(editor);
}

/** The panel, once it is shown. @param containing selector of something in it, to tell it from others */
export async function shownPanel(editor: Editor, containing = COMPOSER): Promise<Panel> {
  const frame = await webviewFrame(editor, { containing });
  return {
    frame,
    composer: frame.locator(COMPOSER),
    send: frame.locator('button[aria-label="Send"]'),
    stop: frame.locator('button[aria-label="Stop"]'),
    answers: frame.locator('article[data-role="assistant"]'),
    questions: frame.locator('article[data-role="user"]'),
    alerts: frame.locator('[role="alert"]'),
    attachments: frame.locator(".attachment"),
  };
}

/** Pastes a picture into the composer and waits until it is attached. */
export async function pastePicture(editor: Editor, panel: Panel, png: Uint8Array): Promise<void> {
  const before = await panel.attachments.count();
  await pastePng(editor, panel.frame, COMPOSER, png);
  await panel.attachments.nth(before).waitFor();
}

/** Types a question and sends it with the button, and waits until it stands in the conversation. */
export async function ask(panel: Panel, question: string): Promise<void> {
  await attempt(`ask "${question}"`, async () => {
    const before = await panel.questions.count();
    await panel.composer.fill(question);
    await panel.send.click();
    await panel.questions.nth(before).getByText(question).waitFor();
  });
}

/**
 * Waits until the `count`th answer is complete and gives its text.
 * @throws Error with what the panel shows when it does not come, or is empty
 */
export async function answerText(panel: Panel, count: number): Promise<string> {
  try {
    return await eventually(`answer ${count}`, async () => {
      if (await panel.stop.isVisible() || await panel.answers.count() < count) return undefined;
      const text = await panel.answers.nth(count - 1).locator(".answer").innerText();
      return text.trim() || undefined;
    }, 60_000);
  } catch (error) {
    const shown = await panel.frame.locator("body").innerText().catch(() => "nothing, its page is gone");
    throw new Error(`There is no answer ${count}. The panel shows:\n${shown}`, { cause: error });
  }
}

/** The confirmed receipts of all pictures in the conversation, once there are `count`. */
export async function receipts(panel: Panel, count: number): Promise<readonly string[]> {
  let seen: readonly string[] = [];
  return await attempt(`read ${count} receipts`, () =>
    eventually("the receipts", async () => {
      seen = (await panel.questions.locator(".receipt").allInnerTexts()).filter((text) => RECEIPT.test(text));
      return seen.length >= count && seen;
    }));
}

/** Width, height, slices and tokens: "1280 × 720 · 4 slices · 256 tokens". */
export const RECEIPT = /(\d+)\s*×\s*(\d+).*?(\d+)\s+slices?.*?(\d+)\s+tok/s;
