import { dirname, join } from "node:path";
import type { Layout } from "./layout.ts";
import { DENO_RUN, escapeComma } from "./permissions.ts";

/** What a conversion is between. */
export interface ConvertPaths {
  readonly sources: readonly string[];
  /** The folder to write; null when nothing is written. */
  readonly target: string | null;
}

/** Deno's command line for the converter: it reads the source, writes beside the target, and asks for the free space. */
export function convertArguments(layout: Layout, { sources, target }: ConvertPaths): string[] {
  const script = join(dirname(layout.sidecarScript), "convert.js");
  const parent = target === null ? [] : [dirname(target)];
  const readable = [dirname(script), ...sources, ...parent];
  return [
    ...DENO_RUN,
    `--allow-read=${readable.map(escapeComma).join(",")}`,
    ...parent.map((folder) => `--allow-write=${escapeComma(folder)}`),
    "--allow-sys=statfs",
    script,
  ];
}
