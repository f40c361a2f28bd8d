// The command line of `explain`: what it understands, and what it makes of it.

import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { DEVICES } from "../protocol/conversation.ts";
import type { GenerateParams, ModelSource } from "../protocol/sidecar.ts";
import type { VideoSampling } from "../protocol/video_reader.ts";
import { parseCommandLine, UsageError } from "./run.ts";

/** What `--help` and mistakes print. */
export const USAGE = `usage: npm run explain -- <picture or video…> [options]

  --prompt TEXT        what to ask (default: "Explain this image." or "Describe this video.")
  --model ID|FOLDER    "nano", or a folder with a MiniCPM-V 4.5 checkpoint or a converted model (default: nano)
  --precision P        fp32, int8 or int4 (default: fp32); a converted model keeps its own
  --device D           cpu, cuda, webgpu, directml or coreml (default: cpu)
  --thinking off|on    let the model reason first (default: off)
  --ocr auto|off       give the model the pictures' text where it wants it (default: auto)
  --max-tokens N       longest answer
  --thinking-budget N  longest reasoning, in tokens; the answer follows (some room is always left for it)
  --stop TEXT          end the answer before this text; may be given several times
  --json               print one JSON object and nothing else

how words are chosen (default: the model's own settings):
  --temperature N      0 always takes the most likely word
  --top-k N            among the N most likely words; 0 means all
  --top-p N            among the most likely words that together have this probability
  --min-p N            among words at least N times as likely as the most likely one
  --repetition-penalty N  1 is none; above, words of the answer become less likely to come again
  --seed N             makes a temperature above 0 repeatable

for videos (mp4, mov, webm, mkv, animated GIF and WebP):
  --fps N              frames to look at in a second, where there is room (default: 3)
  --packing N          frames that share visual tokens, 1 to 6 (default: by length)
  --from S, --to S     the part to look at, in seconds
  --still-frames S     auto, drop or keep frames that look like the one before (default: auto)`;

/** A year, which no recording reaches. */
const MAX_VIDEO_S = 366 * 24 * 3600;

/** What a command line asks for. */
export interface Request {
  readonly files: readonly string[];
  /** Undefined asks what suits the first file. */
  readonly prompt: string | undefined;
  readonly sampling: VideoSampling;
  readonly model: ModelSource;
  readonly isJson: boolean;
  readonly params: Omit<GenerateParams, "conversation" | "partialResultToken">;
}

/**
 * Reads a command line.
 * @throws UsageError when it is not understood
 */
export function parseRequest(argv: readonly string[], nanoFolder: string): Request {
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
      ...optional("maxTokens", numberIn("max-tokens", values["max-tokens"], 1, 1e6, true)),
      ...optional("thinkingBudget", numberIn("thinking-budget", values["thinking-budget"], 1, 1e6, true)),
      ...optional("stopStrings", values.stop),
      ...parseChoice(values),
    },
  };
}

type Values = ReturnType<typeof parseOptions>["values"];

function parseChoice(values: Values) {
  return {
    ...optional("temperature", numberIn("temperature", values.temperature, 0, 10)),
    ...optional("topK", numberIn("top-k", values["top-k"], 0, 1e6, true)),
    ...optional("topP", numberIn("top-p", values["top-p"], 0, 1)),
    ...optional("minP", numberIn("min-p", values["min-p"], 0, 1)),
    ...optional("repetitionPenalty", numberIn("repetition-penalty", values["repetition-penalty"], 0.01, 100)),
    ...optional("seed", numberIn("seed", values.seed, -(2 ** 31), 2 ** 31 - 1, true)),
  };
}

function parseSampling(values: Values): VideoSampling {
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
    "max-tokens": text,
    "thinking-budget": text,
    stop: { ...text, multiple: true },
    temperature: text,
    "top-k": text,
    "top-p": text,
    "min-p": text,
    "repetition-penalty": text,
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
