// SigLIP vision tower in NaViT form: one slice of any size in, one feature vector per patch out.
// @see minicpmv45-spec.md section 3; modeling_navit_siglip.py of the release

import type { VisionConfig } from "../checkpoint/config.ts";
import type { Value } from "../graph/graph_builder.ts";
import type { Layers } from "./layers.ts";

const COLORS = 3;

/** Adds the tower: `patches` [N, 3·P·P] and `position_ids` [N] give `features` [N, hidden], all float32 but the ids. */
export function buildVisionTower(layers: Layers, config: VisionConfig): void {
  const { graph } = layers;
  const { hiddenSize, layerCount, patchSize, positionsPerSide, normEpsilon } = config;
  const patchLength = COLORS * patchSize * patchSize;
  const patches = graph.input("patches", "float32", ["patches", patchLength]);
  const positionIds = graph.input("position_ids", "int64", ["patches"]);

  const embeddings = "vpm.embeddings";
  // The convolution's stride is its size, so it is one product per patch.
  const kernel = layers.stored(
    `${embeddings}.patch_embedding.weight`,
    [hiddenSize, COLORS, patchSize, patchSize],
    [hiddenSize, patchLength],
  );
  const bias = layers.stored(`${embeddings}.patch_embedding.bias`, [hiddenSize]);
  const table = layers.stored(
    `${embeddings}.position_embedding.weight`,
    [positionsPerSide * positionsPerSide, hiddenSize],
  );
  const projected = graph.op("Gemm", [patches, kernel, bias], { transB: 1 }); // [N, E]
  const placed = graph.op("Add", [projected, graph.op("Gather", [table, positionIds], { axis: 0 })]);
  let x = graph.op("Unsqueeze", [placed, graph.integers(0)]); // [1, N, E]

  for (let i = 0; i < layerCount; i++) x = block(layers, config, `vpm.encoder.layers.${i}`, x);

  const normed = layers.layerNorm(x, "vpm.post_layernorm", hiddenSize, normEpsilon);
  graph.node("Squeeze", [normed, graph.integers(0)], ["features"]);
  graph.output("features", "float32", ["patches", hiddenSize]);
}

/** Pre-norm transformer block; attention sees the whole slice. */
function block(layers: Layers, config: VisionConfig, name: string, x: Value): Value {
  const { graph } = layers;
  const { hiddenSize, headCount, mlpSize, normEpsilon } = config;
  const attention = `${name}.self_attn`;
  const before = layers.layerNorm(x, `${name}.layer_norm1`, hiddenSize, normEpsilon);
  const q = layers.linearWithBias(before, `${attention}.q_proj`, hiddenSize, hiddenSize);
  const k = layers.linearWithBias(before, `${attention}.k_proj`, hiddenSize, hiddenSize);
  const v = layers.linearWithBias(before, `${attention}.v_proj`, hiddenSize, hiddenSize);
  const mixed = graph.op("MultiHeadAttention", [q, k, v], { num_heads: headCount });
  const attended = layers.linearWithBias(mixed, `${attention}.out_proj`, hiddenSize, hiddenSize);
  x = graph.op("Add", [x, attended]);

  const normed = layers.layerNorm(x, `${name}.layer_norm2`, hiddenSize, normEpsilon);
  const wide = layers.linearWithBias(normed, `${name}.mlp.fc1`, hiddenSize, mlpSize);
  const active = graph.op("Gelu", [wide], { approximate: "tanh" });
  return graph.op("Add", [x, layers.linearWithBias(active, `${name}.mlp.fc2`, mlpSize, hiddenSize)]);
}
