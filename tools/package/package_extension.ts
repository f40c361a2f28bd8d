// Builds the product and makes a package of it that VS Code installs on one platform.

import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { execPath } from "node:process";
import { promisify } from "node:util";
import { createVSIX } from "@vscode/vsce";
import { stage } from "./stage.ts";
import { targetNamed } from "./target.ts";

const run = promisify(execFile);

/** A package that was made. */
export interface Package {
  readonly file: string;
  readonly sizeBytes: number;
  /** The folder with the same contents, not compressed. */
  readonly staged: string;
}

/** This machine's target. */
export const HOST_TARGET = `${process.platform}-${process.arch}`;

/**
 * Makes the package for a target, from sources that are built anew.
 * @param root the checkout
 * @throws Error when the build fails or a part is missing
 */
export async function packageExtension(root: string, targetName = HOST_TARGET): Promise<Package> {
  const target = targetNamed(targetName);
  await run(execPath, ["esbuild.config.mjs", "extension", "webview", "sidecar"], { cwd: root });
  const staged = join(root, "dist", "vsix", target.name);
  await stage(root, target, staged);
  const { name, version }: { name: string; version: string } = JSON.parse(
    await readFile(join(staged, "package.json"), "utf8"),
  );
  const file = join(root, "dist", `${name}-${target.name}-${version}.vsix`);
  await createVSIX({
    cwd: staged,
    packagePath: file,
    target: target.name,
    // The staged folder holds every package that is needed, where the sidecar looks for it.
    dependencies: false,
    // Without a repository there is nothing to make relative links absolute with.
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
  });
  return { file, sizeBytes: (await stat(file)).size, staged };
}
