import { ROOT } from "./places.ts";

/** What a program printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of the checkout in a Deno of its own. */
export function runDeno(...args: string[]): Promise<Ended> {
  return runDenoWith({}, ...args);
}

/** The same with more environment variables. */
export async function runDenoWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
