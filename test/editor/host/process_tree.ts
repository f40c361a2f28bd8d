// The processes below one of ours, and how to end them without leaving one behind.

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { platform } from "node:process";
import { setTimeout as delay } from "node:timers/promises";

export interface ProcessRecord {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

const GRACE_MS = 2_000;
const PAUSE_MS = 50;

/** The processes below `pid` at this moment, nearest first; not `pid` itself. */
export function descendantsOf(pid: number): readonly ProcessRecord[] {
  const all = listProcesses();
  const found: ProcessRecord[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    const children = all.filter((record) => parents.includes(record.parentPid));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

/** Asks a process to end, and ends it and everything below it that is still there after some seconds. */
export async function endTree(pid: number): Promise<void> {
  if (platform === "win32") return endTreeNow(pid);
  // What a process leaves behind when it ends is no longer below it, so it is remembered from before.
  const tree = [pid, ...descendantsOf(pid).map((record) => record.pid)];
  signal(pid, "SIGTERM");
  for (const end = Date.now() + GRACE_MS; Date.now() < end && isAnyRunning(tree);) await delay(PAUSE_MS);
  for (const member of tree) signal(member, "SIGKILL");
}

/** Ends a process and everything below it without asking; for a program that is itself ending. */
export function endTreeNow(pid: number): void {
  if (platform === "win32") spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" });
  else {for (const member of [pid, ...descendantsOf(pid).map((record) => record.pid)]) {
      signal(member, "SIGKILL");
    }}
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself, which is all that was wanted.
  }
}

/** Asks the list, because a process that ended but that nobody waits for would still take a signal. */
function isAnyRunning(pids: readonly number[]): boolean {
  return listProcesses().some((record) => pids.includes(record.pid));
}

function listProcesses(): readonly ProcessRecord[] {
  if (platform === "linux") return readProc();
  const [program, args] = platform === "win32"
    ? ["powershell.exe", [
      "-NoProfile",
      "-Command",
      'Get-CimInstance Win32_Process | % { "$($_.ProcessId) $($_.ParentProcessId) $($_.CommandLine)" }',
    ]] as const
    : ["ps", ["-axo", "pid=,ppid=,command="]] as const;
  const output = execFileSync(program, args, { encoding: "utf8", maxBuffer: 64 << 20 });
  return output.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line);
    return match === null
      ? []
      : [{ pid: Number(match[1]), parentPid: Number(match[2]), command: (match[3] ?? "").trim() }];
  });
}

/** Read from /proc because small containers have no `ps`. */
function readProc(): readonly ProcessRecord[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      // The program's name, in parentheses, may itself hold spaces and parentheses.
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\)\s/s, "").split(" ");
      if (fields[0] === "Z") return [];
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return [{ pid: Number(name), parentPid: Number(fields[1]), command }];
    } catch {
      return []; // It ended between the listing and the reading.
    }
  });
}
