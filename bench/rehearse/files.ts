// The rehearsal's files: synthetic GGUF files, and the model that the product's converter makes of them.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { convertArguments } from "../../host/convert_arguments.ts";
import type { Layout } from "../../host/layout.ts";
import { statusMegabytes } from "../process_memory.ts";
import { languageFile, visionFile } from "./release.ts";
import { writeSyntheticFile } from "./synthetic_weights.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** GGUF files and converted model. */
const NEEDED_BYTES = 13e9;
const SAMPLE_MS = 100;

/** What a conversion took. */
export interface Conversion {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** @throws Error when the disk has no room for what is not there yet */
export async function requireRoom(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (existsSync(join(folder, "model"))) return;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= NEEDED_BYTES) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new Error(
    `The rehearsal needs ${gigabytes(NEEDED_BYTES)} GB in "${folder}", and only ${
      gigabytes(free)
    } are free there.`,
  );
}

/** Writes the two GGUF files, where they are missing, and says where they are. */
export async function writeSources(folder: string, vocabulary: Vocabulary): Promise<string[]> {
  const paths: string[] = [];
  for (const file of [languageFile(vocabulary), visionFile()]) {
    const path = join(folder, file.name);
    if (!existsSync(path)) await writeSyntheticFile(path, file);
    paths.push(path);
  }
  return paths;
}

/**
 * Converts as `npm run convert` does, in the same process with the same permissions.
 * @throws Error when it fails
 */
export function convert(layout: Layout, sources: readonly string[], target: string): Promise<Conversion> {
  const start = performance.now();
  const child = spawn(layout.deno, [
    ...convertArguments(layout, { sources, target }),
    "--",
    ...sources,
    target,
  ], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" },
  });
  let peakMegabytes = NaN;
  const timer = setInterval(() => {
    const megabytes = statusMegabytes(child.pid as number, "VmHWM");
    if (megabytes > 0) peakMegabytes = megabytes;
  }, SAMPLE_MS);
  return new Promise((settle, fail) => {
    child.once("error", fail);
    child.once("exit", (code) => {
      clearInterval(timer);
      if (code !== 0) fail(new Error(`the conversion ended with code ${code}`));
      settle({ seconds: (performance.now() - start) / 1000, peakMegabytes });
    });
  });
}
