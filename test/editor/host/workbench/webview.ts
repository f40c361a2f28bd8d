// Pages of extensions. Each is two frames deep: VS Code's own, and in it the extension's.

import type { Frame } from "playwright-core";
import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import { attempt } from "./attempt.ts";

export interface WebviewOptions {
  /** Whose page; ours unless told otherwise. */
  readonly extensionId?: string;
  /** Selector of something in the page, to tell pages of one extension apart and to know it is drawn. */
  readonly containing?: string;
}

/**
 * Waits for a page of an extension that is shown, and gives its frame.
 * @throws Error when no page with the wanted content shows
 */
export async function webviewFrame(editor: Editor, options: WebviewOptions = {}): Promise<Frame> {
  const { extensionId = "sightline.sightline", containing = "body" } = options;
  const what = `a page of ${extensionId} with ${containing}`;
  return await attempt(`find ${what}`, () =>
    eventually(what, async () => {
      for (const frame of editor.page.frames()) {
        if (!isPageOf(frame, extensionId)) continue;
        const element = await frame.frameElement();
        if (!await element.isVisible()) continue;
        if (await frame.locator(containing).first().isVisible()) return frame;
      }
      return undefined;
    }));
}

/** Whether no page of the extension is there at all. */
export function hasNoWebview(editor: Editor, extensionId = "sightline.sightline"): boolean {
  return !editor.page.frames().some((frame) => isPageOf(frame, extensionId));
}

/** VS Code names the owner in the address of the outer frame. */
function isPageOf(frame: Frame, extensionId: string): boolean {
  const outer = frame.parentFrame();
  if (outer === null || frame.isDetached() || !URL.canParse(outer.url())) return false;
  return new URL(outer.url()).searchParams.get("extensionId") === extensionId;
}
