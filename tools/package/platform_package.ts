// npm installs native packages for the machine it runs on only. Those of other platforms come from the
// registry into .cache/packages, checked against package-lock.json.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { npm } from "./npm.ts";

const run = promisify(execFile);

interface LockedPackage {
  readonly version: string;
  /** Hash of the package's archive as npm writes it: "sha512-" and base64. */
  readonly integrity: string;
}

/**
 * The folder of a package, from node_modules or else downloaded.
 * @throws Error when package-lock.json does not know it, npm cannot get it, or its hash differs
 */
export async function platformPackage(root: string, name: string): Promise<string> {
  const installed = join(root, "node_modules", name);
  if (existsSync(join(installed, "package.json"))) return installed;
  const locked = await readLock(root, name);
  const cache = join(root, ".cache", "packages");
  const folder = join(cache, `${name.replace("/", "+")}-${locked.version}`);
  if (!existsSync(folder)) await download(name, locked, cache, folder);
  return folder;
}

/** The folder of a package as {@link platformPackage} finds it; null when package-lock.json does not know it. */
export async function lockedPackage(root: string, name: string): Promise<string | null> {
  const lock: { packages: Record<string, unknown> } = JSON.parse(
    await readFile(join(root, "package-lock.json"), "utf8"),
  );
  return `node_modules/${name}` in lock.packages ? await platformPackage(root, name) : null;
}

async function readLock(root: string, name: string): Promise<LockedPackage> {
  const lock: { packages: Record<string, LockedPackage | undefined> } = JSON.parse(
    await readFile(join(root, "package-lock.json"), "utf8"),
  );
  const locked = lock.packages[`node_modules/${name}`];
  if (locked === undefined) {
    throw new Error(
      `package-lock.json holds no "${name}": the registry had no such version when it was written. ` +
        "Choose a version that is published for every platform.",
    );
  }
  return locked;
}

/** Fills a folder beside the final one and renames it, so a download that was cut short never counts. */
async function download(name: string, locked: LockedPackage, cache: string, folder: string): Promise<void> {
  console.log(`downloading ${name} ${locked.version}`);
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, "partial-"));
  try {
    const spec = `${name}@${locked.version}`;
    await npm(staging, "pack", spec, "--silent", "--ignore-scripts").catch((cause: unknown) => {
      throw new Error(`Cannot download ${spec} from the npm registry`, { cause });
    });
    const archive = (await readdir(staging)).find((file) => file.endsWith(".tgz"));
    if (archive === undefined) throw new Error(`"npm pack ${spec}" wrote no archive`);
    const hash = createHash("sha512").update(await readFile(join(staging, archive))).digest("base64");
    if (`sha512-${hash}` !== locked.integrity) {
      throw new Error(`The archive of ${spec} is not the one that package-lock.json names`);
    }
    // Windows, macOS and Linux all come with a tar. A relative name, since GNU tar takes "C:" for a host.
    await run("tar", ["-xzf", archive], { cwd: staging });
    await rename(join(staging, "package"), folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
