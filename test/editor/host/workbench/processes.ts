import { execFileSync } from "node:child_process";
import { platform } from "node:process";
import type { Editor } from "../editor.ts";
import { eventually } from "../eventually.ts";
import type { ProcessRecord } from "../process_tree.ts";

/** The processes of the editor whose command line matches. */
export function processesLike(editor: Editor, pattern: RegExp): readonly ProcessRecord[] {
  return editor.processes().filter(({ command }) => pattern.test(command));
}

/** @throws Error when there is none */
function needProcesses(editor: Editor, pattern: RegExp): readonly ProcessRecord[] {
  const found = processesLike(editor, pattern);
  if (found.length === 0) throw new Error(`No process of the editor is like ${pattern}`);
  return found;
}

/**
 * Ends the processes of the editor whose command line matches, as a crash would, and waits until they are gone.
 * @throws Error when there is none
 */
export async function crashProcesses(editor: Editor, pattern: RegExp): Promise<void> {
  const found = needProcesses(editor, pattern);
  for (const { pid } of found) process.kill(pid, "SIGKILL");
  const pids = found.map(({ pid }) => pid);
  await eventually(
    `the processes ${pids.join(", ")} to end`,
    () => !editor.processes().some(({ pid }) => pids.includes(pid)),
  );
}

/**
 * Keeps the processes of the editor whose command line matches from running on, so that what they are asked
 * takes as long as a test wants.
 * @returns the function that lets them run on
 * @throws Error when there is none
 */
export function holdProcesses(editor: Editor, pattern: RegExp): () => void {
  const pids = needProcesses(editor, pattern).map(({ pid }) => pid);
  for (const pid of pids) setHeld(pid, true);
  return () => {
    for (const pid of pids) setHeld(pid, false);
  };
}

function setHeld(pid: number, isHeld: boolean): void {
  if (platform !== "win32") {
    process.kill(pid, isHeld ? "SIGSTOP" : "SIGCONT");
    return;
  }
  // Windows has no signals; its debuggers use these two functions.
  const call = isHeld ? "NtSuspendProcess" : "NtResumeProcess";
  const script = `$n = Add-Type -PassThru -Namespace S -Name N -MemberDefinition ` +
    `'[DllImport("ntdll.dll")] public static extern int ${call}(IntPtr h);'; ` +
    `$n::${call}((Get-Process -Id ${pid}).Handle)`;
  execFileSync("powershell.exe", ["-NoProfile", "-Command", script]);
}
