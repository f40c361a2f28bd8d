// npm run convert -- <source> <target>: makes a folder that Sightline opens as a model. The work is done by a process of
// Deno that may read the source and write beside the target, and nothing else.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { convertArguments } from "../host/convert_arguments.ts";
import { installation, parseCommandLine, runCommand, UsageError } from "./run.ts";

const USAGE = `usage: npm run convert -- <source> <target folder> [options]
       npm run convert -- --verify <converted folder>

  A source is a folder with a MiniCPM-V 4.5 checkpoint (*.safetensors), a folder with a GGUF language model and its
  mmproj file, or those two files.

  --precision P        fp32, int8 or int4 (default: int4 for safetensors; GGUF keeps the blocks that it has)
  --block N            32, 64 or 128 weights share a scale (default: 32)
  --head-bits N        4 or 8 bits for the output projection (default: 8)
  --verify             compare every file with its checksum`;

const CHOICES = {
  precision: ["fp32", "int8", "int4"],
  block: ["32", "64", "128"],
  "head-bits": ["4", "8"],
} as const;

interface Request {
  readonly sources: readonly string[];
  /** Folder to write; null to check the first source. */
  readonly target: string | null;
  /** Options for the converting process, checked. */
  readonly options: readonly string[];
}

function parse(argv: readonly string[]): Request {
  const { values, positionals } = parseOptions(argv);
  const options: string[] = [];
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = values[name as keyof typeof CHOICES];
    if (value === undefined) continue;
    if (!(choices as readonly string[]).includes(value)) {
      throw new UsageError(`--${name} takes ${choices.join(" or ")}, not "${value}".`);
    }
    options.push(`--${name}=${value}`);
  }
  const paths = positionals.map((path) => resolve(path));
  const missing = (values.verify ? paths : paths.slice(0, -1)).find((path) => !existsSync(path));
  if (missing !== undefined) throw new UsageError(`There is no "${missing}".`);
  if (values.verify) {
    if (paths.length !== 1) throw new UsageError("Name the one folder to check.");
    return { sources: paths, target: null, options: ["--verify"] };
  }
  if (paths.length < 2 || paths.length > 3) throw new UsageError("Name a source and a target folder.");
  return { sources: paths.slice(0, -1), target: paths.at(-1) as string, options };
}

function parseOptions(argv: readonly string[]) {
  const text = { type: "string" } as const;
  return parseCommandLine(argv, {
    precision: text,
    block: text,
    "head-bits": text,
    verify: { type: "boolean", default: false },
  });
}

/** Runs the process with this one's terminal. Ctrl-C reaches it by itself; a signal to this process is passed on. */
function convert({ sources, target, options }: Request, signal: AbortSignal): Promise<void> {
  const layout = installation();
  const paths = target === null ? sources : [...sources, target];
  const child = spawn(layout.deno, [
    ...convertArguments(layout, { sources, target }),
    ...options,
    "--",
    ...paths,
  ], {
    stdio: "inherit",
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" },
  });
  signal.addEventListener("abort", () => child.kill("SIGINT"));
  process.once("SIGTERM", () => child.kill("SIGINT"));
  return new Promise((settle, fail) => {
    child.once("error", fail);
    child.once("exit", (code) => {
      process.exitCode = code ?? 1;
      settle();
    });
  });
}

await runCommand(USAGE, (signal) => convert(parse(process.argv.slice(2)), signal));
