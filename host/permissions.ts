// What Deno lets the sidecar do. Everything that is not listed here is denied, and a test tries it.

import { dirname, join } from "node:path";
import type { Layout } from "./layout.ts";

/** Folders that differ from one start to the next. */
export interface SidecarFolders {
  /** The only folder the sidecar may write to. */
  readonly storageFolder: string;
  readonly modelFolders: readonly string[];
}

/** Environment variables that sharp and the protocol library look at when they load. None decides anything for us. */
export const LIBRARY_ENVIRONMENT: readonly string[] = [
  "MALLOC_ARENA_MAX",
  "PKG_CONFIG_PATH",
  "SHARP_FORCE_GLOBAL_LIBVIPS",
  "SHARP_IGNORE_GLOBAL_LIBVIPS",
  "XDG_RUNTIME_DIR",
  "npm_config_arch",
  "npm_config_libc",
  "npm_config_platform",
  "npm_package_config_libvips",
];

/** sharp reads this program's text to tell glibc from musl. */
export const LIBC_PROBE = "/usr/bin/ldd";

/** How each of our Deno processes starts: it asks nobody, fetches nothing, and takes no settings from where it is. */
export const DENO_RUN: readonly string[] =
  "run --quiet --no-prompt --no-config --no-lock --no-remote --node-modules-dir=manual".split(" ");

/** Deno's command line for the sidecar. */
export function sidecarArguments(layout: Layout, { storageFolder, modelFolders }: SidecarFolders): string[] {
  const readable = [
    dirname(layout.sidecarScript),
    layout.packages,
    layout.ocrFolder,
    ...modelFolders,
    storageFolder,
    LIBC_PROBE,
  ];
  return [
    ...DENO_RUN,
    `--allow-read=${readable.map(escapeComma).join(",")}`,
    `--allow-write=${escapeComma(storageFolder)}`,
    `--allow-env=${LIBRARY_ENVIRONMENT.join(",")}`,
    // Not limited to paths: following a pointer that a library returns needs the whole permission.
    "--allow-ffi",
    layout.sidecarScript,
  ];
}

/** Environment of the sidecar's process: Deno keeps its own cache in the storage folder and asks nobody for updates. */
export function sidecarEnvironment(storageFolder: string): NodeJS.ProcessEnv {
  return { ...process.env, DENO_DIR: join(storageFolder, "deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
}

/** Deno separates paths by commas; one inside a path is doubled. */
export function escapeComma(path: string): string {
  return path.replaceAll(",", ",,");
}
