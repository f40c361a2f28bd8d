// npm run ocr -- <files…>: reads the text of pictures.

import { displayName } from "../host/display_name.ts";
import type { Layout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import { Failure } from "../protocol/errors.ts";
import type { ReadTextProgress, ReadTextResult } from "../protocol/sidecar.ts";
import { installation, parseCommandLine, runCommand, UsageError } from "./run.ts";
import { storageFolder } from "./storage.ts";
import { printable, StatusLine } from "./terminal.ts";

const USAGE = `usage: npm run ocr -- <files…> [options]

  --format text|json   "text" prints the text of each picture; "json" one array of
                       {file, width, height, text, lines: [{text, confidence, box}]} (default: text)

A picture that cannot be read is told on stderr, the others are still read, and the exit code is 1.`;

type Format = "text" | "json";

interface Request {
  readonly files: readonly string[];
  readonly format: Format;
}

function parse(argv: readonly string[]): Request {
  const { positionals: files, values: { format } } = parseCommandLine(argv, {
    format: { type: "string", default: "text" },
  });
  if (files.length === 0) throw new UsageError("Name at least one picture.");
  if (format !== "text" && format !== "json") {
    throw new UsageError(`--format takes text or json, not "${format}".`);
  }
  return { files, format };
}

/** Reads all files that can be read. */
async function readAll({ files, format }: Request, layout: Layout, signal: AbortSignal): Promise<void> {
  const storage = storageFolder();
  const store = await PictureStore.openPrivate(storage);
  const sidecar = await SidecarConnection.start(layout, {
    storageFolder: storage,
    models: [{ id: "nano", folder: layout.nanoFolder, precision: "fp32" }],
    threadCount: 0,
    idleUnloadMs: 0,
  });
  const found: object[] = [];
  try {
    for (const file of files) {
      signal.throwIfAborted();
      const result = await readOrComplain(file, store, sidecar, signal);
      if (result === null) process.exitCode = 1;
      else if (format === "json") found.push(toJson(file, result));
      else printText(file, result, files.length > 1);
    }
  } finally {
    await (signal.aborted ? sidecar.kill() : sidecar.close());
    await store.removeAll();
  }
  if (format === "json") process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}

/** Reads a file; null when it cannot be read, after saying why. */
async function readOrComplain(
  file: string,
  store: PictureStore,
  sidecar: SidecarConnection,
  signal: AbortSignal,
): Promise<ReadTextResult | null> {
  const status = new StatusLine();
  try {
    const picture = await store.addFile(file);
    try {
      const onProgress = (progress: ReadTextProgress) =>
        status.show(`${picture.name}: ${describe(progress)}`);
      return await sidecar.request("sightline/readText", { picture }, { signal, onProgress });
    } finally {
      status.clear();
      await store.remove(picture);
    }
  } catch (error) {
    // What concerns more than this picture ends the command.
    if (!(error instanceof Failure) || !error.kind.startsWith("picture-")) throw error;
    process.stderr.write(`${printable(error.message)}\n`);
    return null;
  }
}

function describe({ stage, done = 0, total = 0 }: ReadTextProgress): string {
  if (stage === "decoding-picture") return "opening…";
  return total > 1 ? `reading text ${done}/${total}…` : "reading text…";
}

function printText(file: string, { text }: ReadTextResult, hasHeading: boolean): void {
  const heading = hasHeading ? `==> ${displayName(file)} <==\n` : "";
  const body = text === "" ? "" : `${printable(text)}\n`;
  process.stdout.write(`${heading}${body}${hasHeading ? "\n" : ""}`);
}

function toJson(file: string, { widthPx, heightPx, text, lines }: ReadTextResult): object {
  return { file, width: widthPx, height: heightPx, text, lines };
}

await runCommand(USAGE, (signal) => readAll(parse(process.argv.slice(2)), installation(), signal));
