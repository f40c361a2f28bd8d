import process from "node:process";

/** Longest time in which something that takes milliseconds must have happened, on a machine that is busy. */
const PATIENCE_MS = 20_000;

/** Whether a process runs. One that has ended but that nobody has asked after does not. */
export async function isRunning(pid: number): Promise<boolean> {
  if (Deno.build.os === "windows") {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
  // Deno itself may not look into /proc.
  const [program, ...args] = Deno.build.os === "linux"
    ? ["cat", `/proc/${pid}/stat`]
    : ["ps", "-o", "stat=", "-p", `${pid}`];
  const { stdout } = await new Deno.Command(program as string, { args, stderr: "null" }).output();
  // Behind the name, which may hold anything, stands the state; Z has ended.
  const state = new TextDecoder().decode(stdout).replace(/^.*\)/s, "").trim();
  return state !== "" && !state.startsWith("Z");
}

/** Waits until a process has ended. @throws Error when it goes on for long */
export async function untilGone(pid: number): Promise<void> {
  await until(async () => !await isRunning(pid), `process ${pid} still runs`);
}

/** Waits until something that sends no event has come about. */
export async function until(isSo: () => boolean | Promise<boolean>, complaint: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(complaint);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Ids of the processes that a process has started. */
export async function childrenOf(pid: number): Promise<number[]> {
  const [program, ...args] = Deno.build.os === "linux"
    ? ["cat", `/proc/${pid}/task/${pid}/children`]
    : ["pgrep", "-P", `${pid}`];
  const { stdout } = await new Deno.Command(program as string, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).split(/\s+/).filter((text) => text !== "").map(Number);
}
