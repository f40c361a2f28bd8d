import { Weights } from "../../sidecar/checkpoint/safetensors.ts";
import { GraphBuilder } from "../../sidecar/graph/graph_builder.ts";
import { WeightsFile } from "../../sidecar/graph/weights_file.ts";
import { EXACT } from "../../sidecar/model/graph_style.ts";
import { Layers } from "../../sidecar/model/layers.ts";
import { WeightPlan } from "../../sidecar/model/weight_plan.ts";
import { Quantizers } from "../../sidecar/model/quantizers.ts";
import { writePiece } from "../../sidecar/model/weight_writer.ts";
import type { Runtime } from "../../sidecar/onnx/runtime.ts";
import { Session } from "../../sidecar/onnx/session.ts";
import { type TensorToWrite, writeSafetensors } from "./safetensors_file.ts";

/** A graph over tensors of a test's own, by way of a checkpoint and a weights file in an empty folder. */
export async function openGraph(
  runtime: Runtime,
  folder: string,
  tensors: Readonly<Record<string, TensorToWrite>>,
  add: (layers: Layers) => void,
): Promise<Session> {
  await writeSafetensors(`${folder}/model.safetensors`, tensors);
  const graph = new GraphBuilder("tiny");
  const plan = new WeightPlan(await Weights.open(folder), { kind: "fp32" }, "weights.bin");
  add(new Layers(graph, plan, EXACT));
  using file = await WeightsFile.open(`${folder}/weights.bin`);
  using quantizers = new Quantizers();
  for (const piece of plan.pieces) await writePiece(piece, file, { quantizers });
  return await Session.create(runtime, graph.build(), { externalDataFolder: folder });
}

/** Tensors as the specification's golden values make them: element i of tensor n is scale · sin(0.7·i + n). */
export class WaveTensors {
  readonly tensors: Record<string, TensorToWrite> = {};
  #next = 0;

  add(name: string, ...shape: number[]): this {
    return this.#put(name, shape, 0.5);
  }

  addScaled(scale: number, name: string, ...shape: number[]): this {
    return this.#put(name, shape, scale);
  }

  /** Weight and bias of a layer normalisation. */
  addNorm(name: string, size: number): this {
    return this.#put(`${name}.weight`, [size], 0.1, 1).add(`${name}.bias`, size);
  }

  #put(name: string, shape: readonly number[], scale: number, offset = 0): this {
    const n = this.#next++;
    const length = shape.reduce((product, dim) => product * dim, 1);
    const data = Float32Array.from({ length }, (_, i) => offset + scale * Math.sin(0.7 * i + n));
    this.tensors[name] = { shape, data };
    return this;
  }
}
