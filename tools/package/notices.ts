// The licences of everything from others that a package carries, bundled or beside.

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const HEADING = `# Third-party notices

Sightline carries the packages below. Where a package states its licence without the text, only the statement is here.
`;

/**
 * Writes the notices of the product's dependencies, direct and indirect, and of a target's native packages.
 * @param nativeFolders folders of packages for one platform
 * @throws Error naming a package that states no licence
 */
export async function writeNotices(root: string, nativeFolders: readonly string[]): Promise<string> {
  const { dependencies = {} } = await readManifest(root);
  const folders = new Set(nativeFolders);
  for (const name of Object.keys(dependencies)) folders.add(requirePackage(name, root));
  // Folders that are added during the loop are visited too.
  for (const folder of folders) {
    for (const name of Object.keys((await readManifest(folder)).dependencies ?? {})) {
      folders.add(requirePackage(name, folder));
    }
  }
  const notices = await Promise.all([...folders].map(noticeOf));
  return [HEADING, ...[...new Set(notices)].sort()].join("\n");
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = await readManifest(folder);
  if (license === undefined) throw new Error(`Cannot package Sightline: "${name}" states no licence`);
  const file = (await readdir(folder)).find((entry) =>
    /^(licen[cs]e|copying|third_party_notices)/i.test(entry)
  );
  const text = file === undefined
    ? ""
    : `\n~~~text\n${(await readFile(join(folder, file), "utf8")).trim()}\n~~~\n`;
  return `## ${name} ${version}\n\n${license}\n${text}`;
}

/** The nearest folder of a package, as Node looks for it. */
function requirePackage(name: string, from: string): string {
  for (let folder = from;; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (dirname(folder) === folder) {
      throw new Error(`Cannot package Sightline: the package "${name}" is missing. Run "npm ci".`);
    }
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}
