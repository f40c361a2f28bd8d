import { spawn } from "node:child_process";

export interface CommandOptions {
  /** Folder to run in. */
  readonly folder: string;
  /** Environment; the caller's by default. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Have the system's shell read program and arguments, which must then be quoted. */
  readonly shell?: boolean;
}

const SHOWN_LINES = 40;

/**
 * Runs a program to its end and gives what it printed, both streams together.
 * @throws Error with the end of the output when the program cannot start or fails
 */
export function runCommand(
  program: string,
  args: readonly string[],
  { folder, environment, shell = false }: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: environment,
      shell,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: string) => void (output += chunk);
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    const fail = (reason: string, cause?: unknown) => {
      const end = output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
      reject(new Error(`"${program} ${args.join(" ")}" in "${folder}" ${reason}\n${end}`, { cause }));
    };
    child.on("error", (error) => fail("could not be started", error));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else fail(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
    });
  });
}
