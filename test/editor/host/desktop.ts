// VS Code itself, downloaded where the network allows it and driven in a window of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { env, platform } from "node:process";
import {
  downloadAndUnzipVSCode,
  resolveCliPathFromVSCodeExecutablePath,
  SilentReporter,
} from "@vscode/test-electron";
import { _electron, type ElectronApplication } from "playwright-core";
import { editorEnvironment } from "./environment.ts";
import { installOnce, isInstalled } from "./install_once.ts";
import { cacheFolder } from "./places.ts";
import type { Profile } from "./profile.ts";
import { runCommand } from "./run_command.ts";

/** The version that the code-server we pin is made of, so that both hosts run the same tests. */
const VERSION = "1.139.1";
const FOLDER = join(cacheFolder, `desktop-${VERSION}`);
const UPDATE_SERVER = "https://update.code.visualstudio.com";
const PROBE_MS = 3_000;
const START_MS = 60_000;

/** Why VS Code cannot be had or shown here, or undefined. */
export async function desktopObstacle(): Promise<string | undefined> {
  if (platform === "linux" && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"]) {
    return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)";
  }
  if (isInstalled(FOLDER)) return undefined;
  try {
    const answer = await fetch(`${UPDATE_SERVER}/api/releases/stable`, {
      signal: AbortSignal.timeout(PROBE_MS),
    });
    const versions: unknown = await answer.json();
    return Array.isArray(versions) && versions.includes(VERSION)
      ? undefined
      : `${UPDATE_SERVER} offers no version ${VERSION}`;
  } catch (error) {
    return `${UPDATE_SERVER} cannot be reached to download VS Code (${reasonOf(error)})`;
  }
}

/** The program file of VS Code, downloaded on first use. @throws Error when the download fails */
export async function installDesktop(): Promise<string> {
  await installOnce({
    name: `VS Code ${VERSION}`,
    folder: FOLDER,
    contents: { "vscode": VERSION },
    fill: async (folder) => {
      await downloadAndUnzipVSCode({ version: VERSION, cachePath: folder, reporter: new SilentReporter() });
    },
  });
  // With the download complete this only works out the path.
  const program = await downloadAndUnzipVSCode({
    version: VERSION,
    cachePath: FOLDER,
    reporter: new SilentReporter(),
  });
  return existsSync(program) ? program : onlyFileBeside(program);
}

/** Installs a packaged extension into a profile. @throws Error with VS Code's own words */
export async function installIntoDesktop(program: string, profile: Profile, vsix: string): Promise<void> {
  const cli = resolveCliPathFromVSCodeExecutablePath(program);
  const args = [...profileArguments(profile), `--install-extension=${vsix}`, "--force"];
  const options = { folder: profile.root, environment: editorEnvironment(profile) };
  // Node starts no .cmd file without a shell, and the shell splits at spaces.
  if (platform === "win32") {
    await runCommand(`"${cli}"`, args.map((arg) => `"${arg}"`), { ...options, shell: true });
  } else await runCommand(cli, args, options);
}

/** Opens a window on the profile's workspace that Playwright drives. @throws Error when VS Code does not start */
export async function launchDesktop(program: string, profile: Profile): Promise<ElectronApplication> {
  return await _electron.launch({
    executablePath: program,
    // Containers run as root and have no GPU.
    args: [...windowArguments(profile), "--no-sandbox", "--disable-gpu", "--disable-gpu-sandbox"],
    env: editorEnvironment(profile),
    timeout: START_MS,
  });
}

/** Opens a window on the profile's workspace for a person; the process ends when the person closes it. */
export function spawnDesktop(program: string, profile: Profile): ChildProcess {
  return spawn(program, windowArguments(profile), { env: editorEnvironment(profile), stdio: "ignore" });
}

function windowArguments(profile: Profile): readonly string[] {
  return [
    profile.workspaceFolder,
    ...profileArguments(profile),
    ...["--new-window", "--skip-welcome", "--skip-release-notes", "--disable-workspace-trust"],
    ...["--disable-telemetry", "--disable-updates", "--disable-crash-reporter", "--no-cached-data"],
    // The system's key ring may ask for a password.
    "--use-inmemory-secretstorage",
  ];
}

function profileArguments(profile: Profile): readonly string[] {
  return [`--user-data-dir=${profile.userDataFolder}`, `--extensions-dir=${profile.extensionsFolder}`];
}

/** On macOS the name of the file in Contents/MacOS has changed between versions. */
function onlyFileBeside(program: string): string {
  const files = existsSync(dirname(program)) ? readdirSync(dirname(program)) : [];
  const [file] = files;
  if (files.length !== 1 || file === undefined) {
    throw new Error(
      `Cannot find the program of VS Code: "${program}" is not there; delete "${FOLDER}" to download it again`,
    );
  }
  return join(dirname(program), file);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
