// npm run explain -- <picture…>: asks a model about pictures and streams its answer.

import { basename, resolve } from "node:path";
import { existsSync, statSync } from "node:fs";
import type { Layout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import type { GenerateParams, GenerateResult, ModelSource } from "../protocol/sidecar.ts";
import { AnswerPrinter, toJson } from "./answer_printer.ts";
import { installation, parseCommandLine, runCommand, UsageError } from "./run.ts";
import { storageFolder } from "./storage.ts";

const USAGE = `usage: npm run explain -- <picture…> [options]

  --prompt TEXT        what to ask (default: "Explain this image.")
  --model ID|FOLDER    "nano", or a folder with a MiniCPM-V 4.5 checkpoint or a converted model (default: nano)
  --precision P        fp32, int8 or int4 (default: fp32); a converted model keeps its own
  --thinking off|on    let the model reason first (default: off)
  --ocr auto|off       give the model the pictures' text where it wants it (default: auto)
  --temperature N      0 always takes the most likely word (default: the model's own setting)
  --max-tokens N       longest answer
  --seed N             makes a temperature above 0 repeatable
  --json               print one JSON object and nothing else`;

const DEFAULT_PROMPT = "Explain this image.";

interface Request {
  readonly files: readonly string[];
  readonly prompt: string;
  readonly model: ModelSource;
  readonly isJson: boolean;
  readonly params: Omit<GenerateParams, "conversation" | "partialResultToken">;
}

function parse(argv: readonly string[], nanoFolder: string): Request {
  const { values, positionals } = parseOptions(argv);
  if (positionals.length === 0) throw new UsageError("Name at least one picture.");
  return {
    files: positionals,
    prompt: values.prompt ?? DEFAULT_PROMPT,
    model: {
      ...findModel(values.model ?? "nano", nanoFolder),
      precision: oneOf("precision", values.precision ?? "fp32", ["fp32", "int8", "int4"]),
    },
    isJson: values.json ?? false,
    params: {
      thinking: oneOf("thinking", values.thinking ?? "off", ["off", "on"]) === "on",
      ocr: oneOf("ocr", values.ocr ?? "auto", ["auto", "off"]),
      ...optional("temperature", numberIn("temperature", values.temperature, 0, 10)),
      ...optional("maxTokens", numberIn("max-tokens", values["max-tokens"], 1, 1e6, true)),
      ...optional("seed", numberIn("seed", values.seed, -(2 ** 31), 2 ** 31 - 1, true)),
    },
  };
}

function parseOptions(argv: readonly string[]) {
  const text = { type: "string" } as const;
  return parseCommandLine(argv, {
    prompt: text,
    model: text,
    precision: text,
    thinking: text,
    ocr: text,
    temperature: text,
    "max-tokens": text,
    seed: text,
    json: { type: "boolean" },
  });
}

function findModel(model: string, nanoFolder: string): Omit<ModelSource, "precision"> {
  if (model === "nano") return { id: "nano", folder: nanoFolder };
  const folder = resolve(model);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`"${model}" is neither the name of a model ("nano") nor a folder.`);
  }
  return { id: basename(folder), folder };
}

function oneOf<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`--${name} takes ${choices.join(" or ")}, not "${value}".`);
  return found;
}

function numberIn(name: string, text: string | undefined, from: number, to: number, isInteger = false) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !(value >= from && value <= to) || (isInteger && !Number.isInteger(value))) {
    throw new UsageError(
      `--${name} takes a ${isInteger ? "whole " : ""}number from ${from} to ${to}, not "${text}".`,
    );
  }
  return value;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]: V };
}

async function explain(request: Request, layout: Layout, signal: AbortSignal): Promise<void> {
  const storage = storageFolder();
  const store = await PictureStore.openPrivate(storage);
  const pictures: PictureRef[] = [];
  try {
    for (const file of request.files) pictures.push(await store.addFile(file));
    const result = await startAndAsk(request, layout, storage, pictures, signal);
    if (request.isJson) process.stdout.write(`${JSON.stringify(toJson(result, request.files), null, 2)}\n`);
  } finally {
    await store.removeAll();
  }
}

async function startAndAsk(
  request: Request,
  layout: Layout,
  storageFolder: string,
  pictures: readonly PictureRef[],
  signal: AbortSignal,
): Promise<GenerateResult> {
  const options = { storageFolder, models: [request.model], threadCount: 0, idleUnloadMs: 0 };
  const sidecar = await SidecarConnection.start(layout, options, signal);
  try {
    return await ask(sidecar, request, pictures, signal);
  } finally {
    // Whoever stops a command wants the shell back, and the sidecar keeps nothing that an orderly end would save.
    await (signal.aborted ? sidecar.kill() : sidecar.close());
  }
}

async function ask(
  sidecar: SidecarConnection,
  request: Request,
  pictures: readonly PictureRef[],
  signal: AbortSignal,
): Promise<GenerateResult> {
  const printer = new AnswerPrinter(request.isJson);
  const content = [
    ...pictures.map((picture) => ({ kind: "picture" as const, picture })),
    { kind: "text" as const, text: request.prompt },
  ];
  try {
    const result = await sidecar.request("sightline/generate", {
      ...request.params,
      model: request.model.id,
      conversation: [{ role: "user", content }],
    }, { signal, onProgress: (progress) => printer.show(progress) });
    printer.finish(result);
    return result;
  } finally {
    printer.clearStatus();
  }
}

await runCommand(USAGE, async (signal) => {
  const layout = installation();
  await explain(parse(process.argv.slice(2), layout.nanoFolder), layout, signal);
});
