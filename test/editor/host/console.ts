import type { Page } from "playwright-core";
import type { ConsoleRecord } from "./editor.ts";

/** A list that grows with all that a page and the frames in it write to the console from now on. */
export function recordConsole(page: Page): readonly ConsoleRecord[] {
  const records: ConsoleRecord[] = [];
  page.on("console", (message) => {
    records.push({ level: message.type(), text: message.text(), source: message.location().url });
  });
  page.on("pageerror", (error) => {
    records.push({ level: "uncaught", text: error.stack ?? error.message, source: page.url() });
  });
  return records;
}
