// What helps to find out afterwards why something failed in an editor.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Editor } from "./editor.ts";
import { failureFolder } from "./places.ts";

const LOGS = ["Sightline.log", "remoteexthost.log", "exthost.log"];

/**
 * Saves a screenshot, the logs, the console and the list of processes, in place of an earlier failure's.
 * @param name of the folder to save in
 * @returns the folder's path
 */
export async function saveFailure(editor: Editor, name: string): Promise<string> {
  const folder = join(failureFolder, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const save = (file: string, text: string) => writeFile(join(folder, file), text);
  for (const file of LOGS) {
    const text = editor.readLogs(file);
    if (text !== "") await save(file, text);
  }
  await save("console.txt", editor.consoleRecords.map(({ level, text }) => `${level}: ${text}\n`).join(""));
  await save("processes.txt", editor.processes().map(({ pid, command }) => `${pid} ${command}\n`).join(""));
  // Last, because it is what fails when the window is gone.
  await editor.screenshot(join(folder, "screenshot.png")).catch((error: unknown) =>
    save("no_screenshot.txt", String(error))
  );
  return folder;
}
