// What a model is converted from: a folder with a checkpoint of the release or with GGUF files, or two GGUF files.

import { basename, resolve } from "node:path";
import { Failure } from "../../protocol/errors.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { type GgufFile, readGguf } from "../checkpoint/gguf.ts";
import { GgufCheckpoint } from "../checkpoint/gguf_checkpoint.ts";
import { partOf, settingsOf, writeConfig } from "../checkpoint/gguf_config.ts";
import { joinParts } from "../checkpoint/gguf_split.ts";
import { writeTokenizer } from "../checkpoint/gguf_tokenizer.ts";
import { Weights } from "../checkpoint/safetensors.ts";

/** A model that can be converted. */
export interface Source {
  readonly kind: "safetensors" | "gguf";
  /** What to call it in a message. */
  readonly name: string;
  readonly checkpoint: Checkpoint;
  /** Files of the converted model besides its weights: contents by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** The files that the weights are in. */
  readonly paths: readonly string[];
  /** Refuses weights that nobody has asked for. Throws a Failure "model-invalid". */
  requireAllUsed(): void;
}

/** Files of a checkpoint that go along as they are. */
const SETTINGS_FILES = [
  { name: "config.json", isOptional: false },
  { name: "preprocessor_config.json", isOptional: false },
  { name: "tokenizer.json", isOptional: false },
  { name: "tokenizer_config.json", isOptional: false },
  { name: "generation_config.json", isOptional: true },
  { name: "chat_template.jinja", isOptional: true },
  { name: "sightline.json", isOptional: true },
  { name: "LICENSE", isOptional: true },
] as const;
/** A tokenizer.json of 150,000 tokens has 11 MB. */
const MAX_SETTINGS_BYTES = 128 * 1024 * 1024;

/**
 * Opens one folder, or the two files of a model in either order.
 * @throws Failure "model-missing" or "model-invalid" naming the file
 */
export async function openSource(paths: readonly string[]): Promise<Source> {
  const [first, second] = paths.map((path) => resolve(path));
  if (first === undefined || paths.length > 2) throw new RangeError("a source is one folder or two files");
  if (second !== undefined) return openGguf([first, second]);
  const info = await Deno.stat(first).catch((cause: unknown) => {
    throw new Failure("model-missing", `Cannot open "${first}".`, { subject: first, cause });
  });
  if (!info.isDirectory) {
    throw new Failure(
      "model-missing",
      `"${first}" is half a model: name the language model and the mmproj file, or a folder with both.`,
      { subject: first },
    );
  }
  const names = (await Array.fromAsync(Deno.readDir(first))).map(({ name }) => name).sort();
  if (names.some((name) => name.endsWith(".safetensors"))) return openSafetensors(first, names);
  const files = names.filter((name) => name.endsWith(".gguf"));
  if (files.length > 0) return openGguf(files.map((name) => `${first}/${name}`));
  throw new Failure("model-missing", `There are neither .safetensors nor .gguf files in "${first}".`, {
    subject: first,
  });
}

async function openSafetensors(folder: string, names: readonly string[]): Promise<Source> {
  const checkpoint = await Weights.open(folder);
  const settings: Record<string, string> = {};
  for (const { name, isOptional } of SETTINGS_FILES) {
    const text = await readSettings(folder, name);
    if (text !== null) settings[name] = text;
    else if (!isOptional) {
      throw new Failure("model-missing", `Cannot convert the model in "${folder}": ${name} is missing.`, {
        subject: folder,
      });
    }
  }
  return {
    kind: "safetensors",
    name: folder,
    checkpoint,
    settings,
    paths: names.filter((name) => name.endsWith(".safetensors")).map((name) => `${folder}/${name}`),
    requireAllUsed() {}, // A checkpoint may hold weights for other uses, such as training.
  };
}

async function readSettings(folder: string, name: string): Promise<string | null> {
  const path = `${folder}/${name}`;
  const info = await Deno.stat(path).catch(() => null);
  if (info === null) return null;
  if (info.size <= MAX_SETTINGS_BYTES) return Deno.readTextFile(path);
  throw new Failure(
    "model-invalid",
    `Cannot convert the model in "${folder}": ${name} has ${info.size} bytes.`,
    {
      subject: folder,
    },
  );
}

async function openGguf(paths: readonly string[]): Promise<Source> {
  const files: Record<"language" | "vision", GgufFile[]> = { language: [], vision: [] };
  const headers: GgufFile[] = [];
  for (const path of paths) headers.push(await readGguf(path));
  for (const file of joinParts(headers)) files[partOf(file)].push(file);
  const language = single(files.language, paths, "language model");
  const vision = single(files.vision, paths, "mmproj file");
  const checkpoint = new GgufCheckpoint({ language, vision });
  const about = settingsOf(language);
  const settings = {
    ...writeConfig({ language, vision }),
    ...writeTokenizer(language),
    "sightline.json": {
      name: about.text("general.name", basename(language.path, ".gguf")),
      license: about.text("general.license", "unknown"),
    },
  };
  return {
    kind: "gguf",
    name: language.path,
    checkpoint,
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    paths: paths.toSorted(),
    requireAllUsed: () => checkpoint.requireAllUsed(),
  };
}

function single(found: readonly GgufFile[], paths: readonly string[], what: string): GgufFile {
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  const among = paths.map((path) => `"${basename(path)}"`).join(", ");
  const subject = paths[0] as string;
  throw new Failure(
    "model-missing",
    first === undefined
      ? `There is no ${what} among ${among}: a model is a language model and its mmproj file.`
      : `There are ${found.length} files with a ${what} among ${among}: name the two files that belong together.`,
    { subject },
  );
}
