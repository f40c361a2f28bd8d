import type { ElectronApplication, Page } from "playwright-core";
import type { Clipboard } from "./editor.ts";

/** The clipboard of a browser; its page must have the permission to use it and be in front. */
export function browserClipboard(page: Page): Clipboard {
  return {
    readText: () => page.evaluate(() => navigator.clipboard.readText()),
    writeText: (text) => page.evaluate((value) => navigator.clipboard.writeText(value), text),
    writePng: (bytes) =>
      page.evaluate(async (base64) => {
        // Not fetched from a "data:" address, which the workbench's content security policy forbids.
        const picture = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        await navigator.clipboard.write([
          new ClipboardItem({ "image/png": new Blob([picture], { type: "image/png" }) }),
        ]);
      }, Buffer.from(bytes).toString("base64")),
  };
}

/** The part of Electron's main process that the clipboard needs. */
interface ElectronMain {
  readonly clipboard: {
    readText(): string;
    writeText(text: string): void;
    writeImage(image: unknown): void;
  };
  readonly nativeImage: { createFromDataURL(url: string): unknown };
}

/** The system's clipboard, through the desktop program. */
export function desktopClipboard(app: ElectronApplication): Clipboard {
  return {
    readText: () => app.evaluate((electron: ElectronMain) => electron.clipboard.readText()),
    writeText: (text) =>
      app.evaluate((electron: ElectronMain, value) => electron.clipboard.writeText(value), text),
    writePng: (bytes) =>
      app.evaluate(
        (electron: ElectronMain, url) =>
          electron.clipboard.writeImage(electron.nativeImage.createFromDataURL(url)),
        `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`,
      ),
  };
}
