import { spawn } from "node:child_process";
import { ROOT } from "./places.ts";

/**
 * Tries what a process may do: runs the probe in the place of its script.
 * @param args Deno's command line, whose last argument is the script
 * @param attempts see permission_probe.ts
 * @returns "allowed", "denied" or "failed: …" for each
 */
export async function probe(
  deno: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  attempts: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const script = `${ROOT}/test/support/permission_probe.ts`;
  const child = spawn(deno, [...args.slice(0, -1), script, JSON.stringify(attempts)], { env: environment });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  await new Promise((resolve) => child.once("close", resolve));
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, string>;
}

/** The same outcome for all attempts. */
export function all(attempts: Readonly<Record<string, string>>, outcome: string): Record<string, string> {
  return Object.fromEntries(Object.keys(attempts).map((name) => [name, outcome]));
}
