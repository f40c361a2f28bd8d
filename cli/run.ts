// What the commands share: the installation, Ctrl-C, and how failures are told.

import { fileURLToPath } from "node:url";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { findLayout } from "../host/layout.ts";
import { Failure } from "../protocol/errors.ts";
import { printable } from "./terminal.ts";

/** Exit codes as shells know them. */
const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const;

/** The command was called in a way it does not understand. */
export class UsageError extends Error {}

/**
 * Reads a command line of files and options.
 * @throws UsageError when it does not fit the options
 */
export function parseCommandLine<const T extends NonNullable<ParseArgsConfig["options"]>>(
  argv: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The installation that this command belongs to. */
export function installation() {
  return findLayout(fileURLToPath(new URL("../..", import.meta.url)));
}

/** Runs a command; Ctrl-C aborts its signal, and a second one ends at once. */
export async function runCommand(
  usage: string,
  command: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  process.on("SIGINT", () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  });
  // A reader such as `head` that has enough is no failure.
  process.stdout.on(
    "error",
    (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : EXIT.failed),
  );
  try {
    await command(controller.signal);
  } catch (error) {
    process.exitCode = report(error, usage, controller.signal);
  }
}

function report(error: unknown, usage: string, signal: AbortSignal): number {
  if (signal.aborted) {
    process.stderr.write("\nStopped.\n");
    return EXIT.interrupted;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`${printable(error.message)}\n\n${usage}\n`);
    return EXIT.usage;
  }
  const isExpected = error instanceof Failure;
  const text = isExpected
    ? error.message
    : error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  process.stderr.write(`${printable(text)}\n`);
  return EXIT.failed;
}
