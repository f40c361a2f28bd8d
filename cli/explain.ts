// npm run explain -- <picture or video…>: asks a model about pictures and videos and streams its answer.

import { basename, resolve } from "node:path";
import { existsSync, statSync } from "node:fs";
import type { Layout } from "../host/layout.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import type { GenerateParams, ModelSource } from "../protocol/sidecar.ts";
import { DEVICES } from "../protocol/conversation.ts";
import type { VideoSampling } from "../protocol/video_reader.ts";
import { AnswerPrinter, toJson } from "./answer_printer.ts";
import { Attachments } from "./attachments.ts";
import { installation, parseCommandLine, runCommand, UsageError } from "./run.ts";
import { storageFolder } from "./storage.ts";

const USAGE = `usage: npm run explain -- <picture or video…> [options]

  --prompt TEXT        what to ask (default: "Explain this image." or "Describe this video.")
  --model ID|FOLDER    "nano", or a folder with a MiniCPM-V 4.5 checkpoint or a converted model (default: nano)
  --precision P        fp32, int8 or int4 (default: fp32); a converted model keeps its own
  --device D           cpu, cuda, webgpu, directml or coreml (default: cpu)
  --thinking off|on    let the model reason first (default: off)
  --ocr auto|off       give the model the pictures' text where it wants it (default: auto)
  --temperature N      0 always takes the most likely word (default: the model's own setting)
  --max-tokens N       longest answer
  --seed N             makes a temperature above 0 repeatable
  --json               print one JSON object and nothing else

for videos (mp4, mov, webm, mkv, animated GIF and WebP):
  --fps N              frames to look at in a second, where there is room (default: 3)
  --packing N          frames that share visual tokens, 1 to 6 (default: by length)
  --from S, --to S     the part to look at, in seconds
  --still-frames S     auto, drop or keep frames that look like the one before (default: auto)`;

const DEFAULT_PROMPTS = { picture: "Explain this image.", video: "Describe this video." } as const;
/** A year, which no recording reaches. */
const MAX_VIDEO_S = 366 * 24 * 3600;

interface Request {
  readonly files: readonly string[];
  /** Undefined asks what suits the first file. */
  readonly prompt: string | undefined;
  readonly sampling: VideoSampling;
  readonly model: ModelSource;
  readonly isJson: boolean;
  readonly params: Omit<GenerateParams, "conversation" | "partialResultToken">;
}

function parse(argv: readonly string[], nanoFolder: string): Request {
  const { values, positionals } = parseOptions(argv);
  if (positionals.length === 0) throw new UsageError("Name at least one picture or video.");
  return {
    files: positionals,
    prompt: values.prompt,
    sampling: parseSampling(values),
    model: {
      ...findModel(values.model ?? "nano", nanoFolder),
      precision: oneOf("precision", values.precision ?? "fp32", ["fp32", "int8", "int4"]),
      device: oneOf("device", values.device ?? "cpu", DEVICES),
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

function parseSampling(values: ReturnType<typeof parseOptions>["values"]): VideoSampling {
  const fromS = numberIn("from", values.from, 0, MAX_VIDEO_S);
  const toS = numberIn("to", values.to, 0, MAX_VIDEO_S);
  if (fromS !== undefined && toS !== undefined && fromS >= toS) {
    throw new UsageError(`--from must be less than --to, and ${fromS} is not less than ${toS}.`);
  }
  return {
    ...optional("framesPerSecond", numberIn("fps", values.fps, 0.001, 30)),
    ...optional("packing", numberIn("packing", values.packing, 1, 6, true)),
    ...optional("fromS", fromS),
    ...optional("toS", toS),
    stillFrames: oneOf("still-frames", values["still-frames"] ?? "auto", ["auto", "drop", "keep"]),
  };
}

function parseOptions(argv: readonly string[]) {
  const text = { type: "string" } as const;
  return parseCommandLine(argv, {
    prompt: text,
    model: text,
    precision: text,
    device: text,
    thinking: text,
    ocr: text,
    temperature: text,
    "max-tokens": text,
    seed: text,
    fps: text,
    packing: text,
    from: text,
    to: text,
    "still-frames": text,
    json: { type: "boolean" },
  });
}

function findModel(model: string, nanoFolder: string): Pick<ModelSource, "id" | "folder"> {
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
  await using attachments = await Attachments.open({ layout, storageFolder: storage });
  for (const file of request.files) await attachments.add(file);
  const options = { storageFolder: storage, models: [request.model], threadCount: 0, idleUnloadMs: 0 };
  const sidecar = await SidecarConnection.start(layout, options, signal);
  try {
    await ask(sidecar, request, attachments, signal);
  } finally {
    // Whoever stops a command wants the shell back, and the sidecar keeps nothing that an orderly end would save.
    await (signal.aborted ? sidecar.kill() : sidecar.close());
  }
}

async function ask(
  sidecar: SidecarConnection,
  request: Request,
  attachments: Attachments,
  signal: AbortSignal,
): Promise<void> {
  const printer = new AnswerPrinter(request.isJson);
  const { model, sampling, prompt = DEFAULT_PROMPTS[attachments.firstKind] } = request;
  try {
    const { maxGroups } = await sidecar.request("sightline/videoLimits", { model: model.id }, { signal });
    const attached = await attachments.finish({ sampling, maxGroups }, {
      signal,
      onProgress: (progress) => printer.showReading(progress),
    });
    const content = [...attached.map(({ part }) => part), { kind: "text" as const, text: prompt }];
    const result = await sidecar.request("sightline/generate", {
      ...request.params,
      model: model.id,
      conversation: [{ role: "user", content }],
    }, { signal, onProgress: (progress) => printer.show(progress) });
    printer.finish(result);
    if (request.isJson) process.stdout.write(`${JSON.stringify(toJson(result, attached), null, 2)}\n`);
  } finally {
    printer.clearStatus();
  }
}

await runCommand(USAGE, async (signal) => {
  const layout = installation();
  await explain(parse(process.argv.slice(2), layout.nanoFolder), layout, signal);
});
