import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Layout } from "./layout.ts";
import { DENO_RUN, escapeComma, LIBC_PROBE, LIBRARY_ENVIRONMENT } from "./permissions.ts";

/** What a video reader works on. */
export interface ReaderPaths {
  /** The only file of a person's that it may read, without links in its path. */
  readonly file: string;
  /** The only folder that it may write to. */
  readonly folder: string;
}

/**
 * Environment variables that the video decoder looks at when it loads. None decides anything for us but
 * NODE_WEBCODECS_FORCE, which the reader sets so that the decoder's own FFmpeg is loaded.
 */
const DECODER_ENVIRONMENT = [
  ...["ARM_VERSION", "ELECTRON_RUN_AS_NODE", "LIBC", "NODE_WEBCODECS_FORCE", "PREBUILDS_ONLY"],
];

/** The video decoder looks whether this file exists, to tell glibc from musl. */
const ALPINE_PROBE = "/etc/alpine-release";

/** Deno's command line for the video reader: it reads one file and the libraries, and writes frames to one folder. */
export function videoReaderArguments(layout: Layout, { file, folder }: ReaderPaths): string[] {
  const script = join(dirname(layout.sidecarScript), "video.js");
  const readable = [dirname(script), layout.packages, file, LIBC_PROBE, ALPINE_PROBE];
  return [
    ...DENO_RUN,
    `--allow-read=${readable.map(escapeComma).join(",")}`,
    `--allow-write=${escapeComma(folder)}`,
    `--allow-env=${[...LIBRARY_ENVIRONMENT, ...DECODER_ENVIRONMENT].join(",")}`,
    // Libraries are asked for by their real path, also where the folder is a link.
    `--allow-ffi=${escapeComma(realpathSync(layout.packages))}`,
    script,
  ];
}
