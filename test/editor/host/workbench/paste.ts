import type { Frame } from "playwright-core";
import type { Editor } from "../editor.ts";
import { attempt } from "./attempt.ts";

/**
 * Pastes a picture into an element of a page as a person does: it is put on the clipboard, the element
 * is clicked, and the keys for "paste" are pressed.
 * @param png bytes of a PNG file
 * @param selector of the element that takes the focus
 */
export async function pastePng(
  editor: Editor,
  frame: Frame,
  selector: string,
  png: Uint8Array,
): Promise<void> {
  await attempt(`paste a picture into ${selector}`, async () => {
    await editor.clipboard.writePng(png);
    await frame.locator(selector).click();
    await editor.page.keyboard.press("ControlOrMeta+V");
  });
}
