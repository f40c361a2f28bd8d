// What VS Code says of an extension, and what the extension says in its output channel.

import type { Editor } from "../editor.ts";
import { runCommand } from "./commands.ts";

/** Whether the extension host's log says that the extension was activated in this editor. */
export function wasActivated(editor: Editor, extensionId = "sightline.sightline"): boolean {
  const log = editor.readLogs("remoteexthost.log") + editor.readLogs("exthost.log");
  return log.includes(`ExtensionService#_doActivateExtension ${extensionId},`);
}

/** The names of the extensions in VS Code's own list of those that run. */
export async function runningExtensions(editor: Editor): Promise<readonly string[]> {
  await runCommand(editor, "Developer: Show Running Extensions");
  const names = editor.page.locator(".runtime-extensions-editor .extension .name");
  await names.first().waitFor();
  const list = await names.allInnerTexts();
  await runCommand(editor, "View: Close Editor");
  return list;
}

/** Everything that an output channel of the extension's holds; it is the text of a log file. */
export function outputChannel(editor: Editor, name = "Sightline"): string {
  return editor.readLogs(`${name}.log`);
}
