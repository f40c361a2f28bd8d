// From a model's folder to three ONNX graphs over one weights file. The graphs are made each time, in milliseconds; the
// weights file is written once and found again, or is part of a converted model.

import { Failure } from "../../protocol/errors.ts";
import type { Precision } from "../../protocol/conversation.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { Weights } from "../checkpoint/safetensors.ts";
import { GraphBuilder } from "../graph/graph_builder.ts";
import { WeightsFile } from "../graph/weights_file.ts";
import { buildDecoder } from "./decoder_graph.ts";
import { type AccuracyLevel, Layers } from "./layers.ts";
import { PackedWeights, WEIGHTS_FILE, WEIGHTS_TABLE, writeTable } from "./packed_weights.ts";
import { buildResampler } from "./resampler_graph.ts";
import { buildVisionTower } from "./vision_graph.ts";
import { type WeightFormat, WeightPlan } from "./weight_plan.ts";
import type { WeightStore } from "./weight_store.ts";
import { writePiece } from "./weight_writer.ts";

/** Raised whenever the same checkpoint gives another weights file than before. */
const BUILD_VERSION = 2;

/** The graphs of a model, as the bytes of ONNX models. */
export interface Graphs {
  readonly vision: Uint8Array<ArrayBuffer>;
  readonly resampler: Uint8Array<ArrayBuffer>;
  readonly decoder: Uint8Array<ArrayBuffer>;
}

/** Graphs, and the folder that their weights are relative to. */
export interface BuiltModel extends Graphs {
  readonly weightsFolder: string;
}

/** How a precision stores the decoder. Embeddings and output projection keep 8 bits: they suffer most. */
export function weightFormat(precision: Precision): WeightFormat {
  const int8 = { bits: 8, blockSize: 32 } as const;
  switch (precision) {
    case "fp32":
      return { kind: "fp32" };
    case "int8":
      return { kind: "blocks", linear: int8, embedding: int8, head: int8 };
    case "int4":
      return { kind: "blocks", linear: { bits: 4, blockSize: 32 }, embedding: int8, head: int8 };
  }
}

/**
 * The graphs of a model. A converted model has its weights file in its folder; a checkpoint's is written first where it
 * is missing or the checkpoint has changed.
 * @param cacheFolder where the weights files of checkpoints are kept; every one in a folder of its own
 * @throws Failure "model-…" or "storage-failed"; the signal's reason when it aborts
 */
export async function openBuiltModel(
  folder: string,
  config: ModelConfig,
  options: {
    readonly precision: Precision;
    readonly accuracyLevel: AccuracyLevel;
    readonly cacheFolder: string;
  },
  signal?: AbortSignal,
): Promise<BuiltModel> {
  const weights = await PackedWeights.open(folder) ??
    await openCached(folder, config, options.precision, options.cacheFolder, signal);
  return { ...buildGraphs(weights, config, options.accuracyLevel), weightsFolder: weights.folder };
}

/** The three graphs over any weights. */
export function buildGraphs(weights: WeightStore, config: ModelConfig, accuracyLevel: AccuracyLevel): Graphs {
  const build = (name: keyof Graphs, add: (layers: Layers) => void) => {
    const graph = new GraphBuilder(name);
    add(new Layers(graph, weights, accuracyLevel));
    return graph;
  };
  const vision = build("vision", (layers) => buildVisionTower(layers, config.vision));
  const resampler = build("resampler", (layers) => buildResampler(layers, config));
  const decoder = build("decoder", (layers) => buildDecoder(layers, config.decoder));
  return { vision: vision.build(), resampler: resampler.build(), decoder: decoder.build() };
}

/**
 * Finds out which weights a model needs and where they go, without writing any.
 * @throws Failure "model-invalid" naming the tensor that is missing or has another shape
 */
export function planWeights(checkpoint: Checkpoint, config: ModelConfig, format: WeightFormat): WeightPlan {
  const plan = new WeightPlan(checkpoint, format, WEIGHTS_FILE);
  buildGraphs(plan, config, 0);
  return plan;
}

/** Writes the weights file of a checkpoint, and its table, into an empty folder. */
export async function packWeights(
  folder: string,
  config: ModelConfig,
  format: WeightFormat,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const checkpoint = await Weights.open(folder);
  const plan = planWeights(checkpoint, config, format);
  using file = await WeightsFile.open(`${target}/${WEIGHTS_FILE}`);
  for (const piece of plan.pieces) {
    signal?.throwIfAborted();
    await writePiece(piece, file, { signal });
  }
  await file.flush();
  await Deno.writeTextFile(`${target}/${WEIGHTS_TABLE}`, writeTable(plan, checkpoint.parameterCount));
}

async function openCached(
  folder: string,
  config: ModelConfig,
  precision: Precision,
  cacheFolder: string,
  signal?: AbortSignal,
): Promise<PackedWeights> {
  const family = `${await digest(folder)}-${precision}`;
  const target = `${cacheFolder}/${family}-${await fingerprint(folder)}`;
  const packed = await PackedWeights.open(target).catch((cause: unknown) => {
    if (!(cause instanceof Failure)) throw cause;
    return null; // Somebody has damaged it; it is made again.
  });
  if (packed !== null) return packed;
  await Deno.remove(target, { recursive: true }).catch(() => {}); // Most often there is nothing.
  // Another window may build the same model at this moment; each builds apart, and the first to finish wins.
  const draft = `${target}.${crypto.randomUUID()}.part`;
  try {
    await Deno.mkdir(draft, { recursive: true });
    await packWeights(folder, config, weightFormat(precision), draft, signal);
    await Deno.rename(draft, target).catch(async (cause: unknown) => {
      if (await PackedWeights.open(target) === null) throw cause;
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
  const fresh = await PackedWeights.open(target);
  if (fresh === null) throw new Error(`the built model vanished from "${target}"`);
  return fresh;
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
