// The commands as people run them: the bundle, in Node.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import type { Ended } from "./deno.ts";
import { ROOT } from "./places.ts";

/** A running command. */
export class Command {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";
  readonly #listeners: (() => void)[] = [];

  /** @param environment added to this process's own */
  constructor(name: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.process = spawn("node", [`${ROOT}/dist/cli/${name}.js`, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      detached: true, // A group of its own, as a shell gives it.
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of ["stdout", "stderr"] as const) {
      this.process[stream]?.setEncoding("utf8").on("data", (text: string) => {
        this[stream] += text;
        for (const listener of this.#listeners) listener();
      });
    }
    this.ended = new Promise((resolve) =>
      this.process.once(
        "close",
        (code) => resolve({ code: code ?? -1, stdout: this.stdout, stderr: this.stderr }),
      )
    );
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error("the command could not be started");
    return this.process.pid;
  }

  /** Waits until it has printed something. @throws Error when it ends before */
  async until(isPrinted: (command: this) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.push(() => void (isPrinted(this) && resolve()));
    await Promise.race([promise, this.ended]);
    if (!isPrinted(this)) throw new Error(`it ended too early: ${this.stdout}${this.stderr}`);
  }
}

/** Runs a command to its end. */
export function runCommand(
  name: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Command(name, args, environment).ended;
}
