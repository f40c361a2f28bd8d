import { execFile } from "node:child_process";
import { env, execPath, platform } from "node:process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Runs npm in a folder.
 * @throws Error with npm's own words when it fails
 */
export async function npm(folder: string, ...args: readonly string[]): Promise<void> {
  // npm names its own script to what it runs. Without it, Windows needs a shell to start npm.cmd.
  const script = env["npm_execpath"];
  if (script?.endsWith(".js")) await run(execPath, [script, ...args], { cwd: folder });
  else if (platform === "win32") {
    await run("npm", args.map((arg) => `"${arg}"`), { cwd: folder, shell: true });
  } else await run("npm", [...args], { cwd: folder });
}
