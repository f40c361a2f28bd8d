import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import { attempt } from "./attempt.ts";

const START_MS = 60_000;

/** Loads the window anew, as its own command does, and waits until extensions run again. */
export async function reloadWindow(editor: Editor): Promise<void> {
  await attempt("load the window anew", async () => {
    const starts = () => startsOf(editor);
    const before = starts();
    await editor.page.reload();
    await editor.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: START_MS });
    await eventually("VS Code's extension host to start again", () => starts() > before, START_MS);
  });
}

function startsOf(editor: Editor): number {
  const log = editor.readLogs("remoteexthost.log") + editor.readLogs("exthost.log");
  return log.match(/Eager extensions activated/g)?.length ?? 0;
}
