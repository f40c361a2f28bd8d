// Unified 3D-resampler: the patches of a group of slices in, a fixed number of visual tokens out.
// @see minicpmv45-spec.md section 4; resampler.py of the release

import type { ModelConfig } from "../checkpoint/config.ts";
import type { Layers } from "./layers.ts";

const NORM_EPSILON = 1e-6;

/**
 * Adds the resampler: `features` [M, vision hidden] and `key_positions` [M, hidden] give `tokens`
 * [queries, hidden], all float32. M counts the patches of all slices of the group.
 */
export function buildResampler(
  layers: Layers,
  { decoder, vision, resampler }: Pick<ModelConfig, "decoder" | "vision" | "resampler">,
): void {
  const { graph } = layers;
  const width = decoder.hiddenSize;
  const norm = (x: string, name: string) => layers.layerNorm(x, `resampler.${name}`, width, NORM_EPSILON);
  const features = graph.input("features", "float32", ["patches", vision.hiddenSize]);
  const keyPositions = graph.input("key_positions", "float32", ["patches", width]);

  const projected = layers.linear(features, "resampler.kv_proj.weight", vision.hiddenSize, width);
  const values = norm(projected, "ln_kv"); // [M, D]
  const keys = graph.op("Add", [values, keyPositions]); // Positions go to the keys alone.
  // Constant: ONNX Runtime computes it once, when it loads the graph.
  const queries = norm(layers.stored("resampler.query", [resampler.queryCount, width]), "ln_q");

  /** Part 0, 1 or 2 of the joined input projection: queries, keys, values. */
  const project = (x: string, part: number) => {
    const rows = (name: string, shape: number[]) =>
      layers.rows(`resampler.attn.${name}`, shape, part * width, (part + 1) * width);
    const weight = rows("in_proj_weight", [3 * width, width]);
    const bias = rows("in_proj_bias", [3 * width]);
    const product = graph.op("Gemm", [x, weight, bias], { transB: 1 });
    return graph.op("Unsqueeze", [product, graph.integers(0)]);
  };
  const { headCount } = resampler;
  const attention = layers.attention(
    ...[project(queries, 0), project(keys, 1), project(values, 2)] as const,
    ...[headCount, width / headCount] as const,
  ); // [1, Q, D]

  const attended = layers.linearWithBias(attention, "resampler.attn.out_proj", width, width);
  const normed = graph.op("Squeeze", [norm(attended, "ln_post"), graph.integers(0)]);
  // `proj` is applied as it is, not transposed.
  graph.node("MatMul", [normed, layers.stored("resampler.proj", [width, width])], ["tokens"]);
  graph.output("tokens", "float32", [resampler.queryCount, width]);
}
