import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import type { ProcessRecord } from "../process_tree.ts";

/** The processes of the editor whose command line matches. */
export function processesLike(editor: Editor, pattern: RegExp): readonly ProcessRecord[] {
  return editor.processes().filter(({ command }) => pattern.test(command));
}

/**
 * Ends the processes of the editor whose command line matches, as a crash would, and waits until they are gone.
 * @throws Error when there is none
 */
export async function crashProcesses(editor: Editor, pattern: RegExp): Promise<void> {
  const found = processesLike(editor, pattern);
  if (found.length === 0) throw new Error(`No process of the editor is like ${pattern}`);
  for (const { pid } of found) process.kill(pid, "SIGKILL");
  const pids = found.map(({ pid }) => pid);
  await eventually(
    `the processes ${pids.join(", ")} to end`,
    () => !editor.processes().some(({ pid }) => pids.includes(pid)),
  );
}
