// From a checkpoint to three ONNX graphs and one weights file.

import type { Precision } from "../../protocol/conversation.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import { Weights } from "../checkpoint/safetensors.ts";
import { GraphBuilder } from "../graph/graph_builder.ts";
import { WeightsFile } from "../graph/weights_file.ts";
import { buildDecoder } from "./decoder_graph.ts";
import { Layers, type WeightFormat } from "./layers.ts";
import { buildResampler } from "./resampler_graph.ts";
import { buildVisionTower } from "./vision_graph.ts";

/** The file that holds the weights of all graphs. */
export const WEIGHTS_FILE = "weights.bin";
/** The graphs; each is in a file of its name. */
export const GRAPHS = ["vision", "resampler", "decoder"] as const;

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
