import type { Locator } from "playwright-core";
import type { Editor } from "../editor.ts";
import { attempt } from "./attempt.ts";
import { runCommand } from "./commands.ts";

/** Waits for a notification whose text matches, and gives the whole text. */
export async function notificationText(editor: Editor, pattern: RegExp): Promise<string> {
  return await attempt(`find a notification like ${pattern}`, async () => {
    const message = notification(editor, pattern).locator(".notification-list-item-message");
    return await message.innerText();
  });
}

/** Presses a button of the notification whose text matches. */
export async function pressNotificationButton(
  editor: Editor,
  pattern: RegExp,
  label: string,
): Promise<void> {
  await attempt(`press "${label}" in the notification ${pattern}`, async () => {
    const item = notification(editor, pattern);
    // Buttons of long notifications show while the pointer is over them.
    await item.hover();
    await item.locator(".monaco-button", { hasText: label }).click();
  });
}

/** Puts every notification away, also those that no longer show. */
export async function clearNotifications(editor: Editor): Promise<void> {
  await runCommand(editor, "Notifications: Clear All Notifications");
}

function notification(editor: Editor, pattern: RegExp): Locator {
  return editor.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: pattern })
    .last();
}
