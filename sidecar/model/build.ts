// From a checkpoint to one weights file, and from that to three ONNX graphs.

import type { Precision } from "../../protocol/conversation.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { Weights } from "../checkpoint/safetensors.ts";
import { GraphBuilder } from "../graph/graph_builder.ts";
import { WeightsFile } from "../graph/weights_file.ts";
import { buildDecoder } from "./decoder_graph.ts";
import { EXACT, type GraphStyle } from "./graph_style.ts";
import { Layers } from "./layers.ts";
import { WEIGHTS_FILE, WEIGHTS_TABLE, writeTable } from "./packed_weights.ts";
import { Quantizers } from "./quantizers.ts";
import { buildResampler } from "./resampler_graph.ts";
import { buildVisionTower } from "./vision_graph.ts";
import { type WeightFormat, WeightPlan } from "./weight_plan.ts";
import type { WeightStore } from "./weight_store.ts";
import { writePiece } from "./weight_writer.ts";

/** The graphs of a model, as the bytes of ONNX models. */
export interface Graphs {
  readonly vision: Uint8Array<ArrayBuffer>;
  readonly resampler: Uint8Array<ArrayBuffer>;
  readonly decoder: Uint8Array<ArrayBuffer>;
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

/** The three graphs over any weights. */
export function buildGraphs(weights: WeightStore, config: ModelConfig, style: GraphStyle): Graphs {
  const build = (name: keyof Graphs, add: (layers: Layers) => void) => {
    const graph = new GraphBuilder(name);
    add(new Layers(graph, weights, style));
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
  buildGraphs(plan, config, EXACT);
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
  using quantizers = new Quantizers();
  for (const piece of plan.pieces) {
    signal?.throwIfAborted();
    await writePiece(piece, file, { quantizers, signal });
  }
  await file.flush();
  await Deno.writeTextFile(`${target}/${WEIGHTS_TABLE}`, writeTable(plan, checkpoint.parameterCount));
}
