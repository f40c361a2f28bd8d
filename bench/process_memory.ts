// Memory of another process, as the system reports it.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Resident memory of a process in MB; NaN where the system has no `ps`. */
export function residentMegabytes(pid: number): number {
  try {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
  } catch {
    return NaN;
  }
}

/**
 * A figure of Linux in MB: `VmHWM` is the largest resident memory so far, `RssAnon` what is resident of the process's
 * own, `RssFile` what is of files that it maps, which the system takes back when it needs it. NaN on other systems.
 */
export function statusMegabytes(pid: number, key: "VmHWM" | "RssAnon" | "RssFile"): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${key}:\\s*(\\d+)`, "m").exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}
