// From a checkpoint folder to a folder with three ONNX graphs and one weights file. Built once, then found again.

import { Failure } from "../../protocol/errors.ts";
import type { Precision } from "../../protocol/conversation.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import { Weights } from "../checkpoint/safetensors.ts";
import { GraphBuilder } from "../graph/graph_builder.ts";
import { WeightsFile } from "../graph/weights_file.ts";
import { buildDecoder } from "./decoder_graph.ts";
import { Layers, type WeightFormat } from "./layers.ts";
import { buildResampler } from "./resampler_graph.ts";
import { buildVisionTower } from "./vision_graph.ts";

/** Raised whenever the same checkpoint gives other graphs or weights than before. */
const BUILD_VERSION = 1;
const WEIGHTS_FILE = "weights.bin";
const GRAPHS = ["vision", "resampler", "decoder"] as const;

/** The graphs of a model, and the folder that their weights are relative to. */
export interface BuiltModel {
  readonly vision: Uint8Array<ArrayBuffer>;
  readonly resampler: Uint8Array<ArrayBuffer>;
  readonly decoder: Uint8Array<ArrayBuffer>;
  readonly weightsFolder: string;
}

/** How a precision stores the decoder. Embeddings and output projection keep 8 bits: they suffer most. */
export function weightFormat(precision: Precision): WeightFormat {
  const int8 = { bits: 8, blockSize: 32 } as const;
  switch (precision) {
    case "fp32":
      return { kind: "fp32" };
    case "int8":
      return { kind: "blocks", linear: int8, embedding: int8, head: int8, accuracyLevel: 4 };
    case "int4":
      return {
        kind: "blocks",
        linear: { bits: 4, blockSize: 32 },
        embedding: int8,
        head: int8,
        accuracyLevel: 4,
      };
  }
}

/**
 * Reads the built graphs of a checkpoint, building them first where they are missing or the checkpoint has changed.
 * @param cacheFolder where built models are kept; every one in a folder of its own
 * @throws Failure "model-…" or "storage-failed"; the signal's reason when it aborts
 */
export async function openBuiltModel(
  folder: string,
  config: ModelConfig,
  precision: Precision,
  cacheFolder: string,
  signal?: AbortSignal,
): Promise<BuiltModel> {
  const family = `${await digest(folder)}-${precision}`;
  const target = `${cacheFolder}/${family}-${await fingerprint(folder)}`;
  const built = await readBuilt(target);
  if (built !== null) return built;
  // Another window may build the same model at this moment; each builds apart, and the first to finish wins.
  const draft = `${target}.${crypto.randomUUID()}.part`;
  try {
    await Deno.mkdir(draft, { recursive: true });
    await buildModel(folder, config, weightFormat(precision), draft, signal);
    await Deno.rename(draft, target).catch(async (cause: unknown) => {
      if (await readBuilt(target) === null) throw cause;
    });
  } catch (cause) {
    if (cause instanceof Failure || signal?.aborted) throw cause;
    throw new Failure(
      "storage-failed",
      `Cannot prepare the model in "${folder}": writing to "${cacheFolder}" failed (${
        cause instanceof Error ? cause.message : String(cause)
      }). Free some disk space or choose another storage folder.`,
      { subject: cacheFolder, cause },
    );
  } finally {
    await Deno.remove(draft, { recursive: true }).catch(() => {}); // Gone already when it was renamed.
  }
  await removeOutdated(cacheFolder, family, target);
  const fresh = await readBuilt(target);
  if (fresh === null) throw new Error(`the built model vanished from "${target}"`);
  return fresh;
}

/** Writes the graphs and weights of a checkpoint into an empty folder. */
export async function buildModel(
  folder: string,
  config: ModelConfig,
  format: WeightFormat,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const weights = await Weights.open(folder);
  using file = await WeightsFile.create(target, WEIGHTS_FILE);
  const build = async (name: (typeof GRAPHS)[number], add: (layers: Layers) => Promise<void>) => {
    const graph = new GraphBuilder(name);
    await add(new Layers(graph, weights, file, signal));
    await Deno.writeFile(`${target}/${name}.onnx`, graph.build());
  };
  await build("vision", (layers) => buildVisionTower(layers, config.vision));
  await build("resampler", (layers) => buildResampler(layers, config));
  await build("decoder", (layers) => buildDecoder(layers, config.decoder, format));
  await file.flush();
}

/** The graphs of a folder that has been built whole; null where there is none. */
export async function readBuilt(target: string): Promise<BuiltModel | null> {
  try {
    const [vision, resampler, decoder] = await Promise.all(
      GRAPHS.map((name) => Deno.readFile(`${target}/${name}.onnx`)),
    ) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
    return { vision, resampler, decoder, weightsFolder: target };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Changes whenever a file of the checkpoint does. */
async function fingerprint(folder: string): Promise<string> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory || !/\.(safetensors|json)$/.test(name)) continue;
    const { size, mtime } = await Deno.stat(`${folder}/${name}`);
    files.push(`${name} ${size} ${mtime?.getTime() ?? 0}`);
  }
  return digest([BUILD_VERSION, ...files.sort()].join("\n"));
}

async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Frees the disk space of what was built from earlier versions of the same checkpoint. */
async function removeOutdated(cacheFolder: string, family: string, target: string): Promise<void> {
  for await (const { name } of Deno.readDir(cacheFolder)) {
    const path = `${cacheFolder}/${name}`;
    if (!name.startsWith(family) || path === target || name.endsWith(".part")) continue;
    // On Windows the files may be in use by another window; they go the next time.
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}
