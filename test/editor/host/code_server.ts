// A running code-server for one profile.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { editorEnvironment } from "./environment.ts";
import { eventually } from "./eventually.ts";
import type { CodeServerProgram } from "./install_code_server.ts";
import { endTree, endTreeNow } from "./process_tree.ts";
import type { Profile } from "./profile.ts";
import { runCommand } from "./run_command.ts";

export interface CodeServer {
  /** Where the workbench with the profile's workspace is. */
  readonly address: string;
  readonly pid: number;
  /** Settles when it has ended by itself or was stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Installs a packaged extension into a profile. @throws Error with code-server's own words */
export async function installIntoCodeServer(
  program: CodeServerProgram,
  profile: Profile,
  vsix: string,
): Promise<void> {
  const args = [program.entry, ...profileArguments(profile), "--install-extension", vsix];
  await runCommand(program.node, args, { folder: profile.root, environment: editorEnvironment(profile) });
}

/**
 * Starts code-server on a free port of this machine.
 * @throws Error with its output when it ends instead of listening
 */
export async function startCodeServer(program: CodeServerProgram, profile: Profile): Promise<CodeServer> {
  const args = [
    program.entry,
    ...profileArguments(profile),
    // Port 0 lets the system choose, so two editors never want the same one.
    ...["--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check"],
    ...["--disable-workspace-trust", "--disable-getting-started-override"],
  ];
  const child = spawn(program.node, args, {
    cwd: profile.root,
    env: editorEnvironment(profile),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => output += chunk);
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => output += chunk);
  child.on("error", (error) => output += error.message);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start "${program.node}": it is not there or not a program`);
  const killAtExit = () => endTreeNow(pid);
  process.once("exit", killAtExit);

  const origin = await eventually("code-server to listen", () => {
    if (child.exitCode !== null) return `ended with exit code ${child.exitCode}`;
    return /HTTP server listening on (http:\/\/[\w.:]+)/.exec(output)?.[1];
  });
  if (!origin.startsWith("http")) throw new Error(`code-server ${origin}:\n${output}`);
  return {
    address: `${origin}/?folder=${encodeURI(profile.workspaceFolder)}`,
    pid,
    ended,
    stop: async () => {
      process.off("exit", killAtExit);
      await endTree(pid);
    },
  };
}

function profileArguments(profile: Profile): readonly string[] {
  return [
    // Without it code-server writes a configuration into the person's home.
    ...["--config", join(profile.userDataFolder, "config.yaml")],
    ...["--user-data-dir", profile.userDataFolder, "--extensions-dir", profile.extensionsFolder],
  ];
}
