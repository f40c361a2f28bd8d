// SigLIP vision tower in NaViT form: slices of one size, whatever it is, in; one feature vector per patch out.
// @see minicpmv45-spec.md section 3; modeling_navit_siglip.py of the release

import type { VisionConfig } from "../checkpoint/config.ts";
import type { Value } from "../graph/graph_builder.ts";
import type { Layers } from "./layers.ts";

const COLORS = 3;

/**
 * Adds the tower for S slices of one size: `patches` [S, N, 3·P·P] and `position_ids` [N], which they share, give
 * `features` [S, N, hidden], all float32 but the ids.
 */
export function buildVisionTower(layers: Layers, config: VisionConfig): void {
  const { graph } = layers;
  const { hiddenSize, layerCount, patchSize, positionsPerSide, normEpsilon } = config;
  const patchLength = COLORS * patchSize * patchSize;
  const patches = graph.input("patches", "float32", ["slices", "patches", patchLength]);
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
  // ONNX Runtime transposes the constant once, when it loads the graph.
  const product = graph.op("MatMul", [patches, graph.op("Transpose", [kernel], { perm: [1, 0] })]); // [S, N, E]
  const positions = graph.op("Gather", [table, positionIds], { axis: 0 }); // [N, E]
  let x = graph.op("Add", [graph.op("Add", [product, bias]), positions]);

  for (let i = 0; i < layerCount; i++) x = block(layers, config, `vpm.encoder.layers.${i}`, x);

  graph.node("Identity", [layers.layerNorm(x, "vpm.post_layernorm", hiddenSize, normEpsilon)], ["features"]);
  graph.output("features", "float32", ["slices", "patches", hiddenSize]);
}

/** Pre-norm transformer block; attention sees all of a slice, and no other. */
function block(layers: Layers, config: VisionConfig, name: string, x: Value): Value {
  const { graph } = layers;
  const { hiddenSize, headCount, mlpSize, normEpsilon } = config;
  const attention = `${name}.self_attn`;
  const before = layers.layerNorm(x, `${name}.layer_norm1`, hiddenSize, normEpsilon);
  const q = layers.mixedWithBias(before, `${attention}.q_proj`, hiddenSize, hiddenSize);
  const k = layers.mixedWithBias(before, `${attention}.k_proj`, hiddenSize, hiddenSize);
  const v = layers.mixedWithBias(before, `${attention}.v_proj`, hiddenSize, hiddenSize);
  const mixed = layers.attention(q, k, v, headCount, hiddenSize / headCount);
  const attended = layers.mixedWithBias(mixed, `${attention}.out_proj`, hiddenSize, hiddenSize);
  x = graph.op("Add", [x, attended]);

  const normed = layers.layerNorm(x, `${name}.layer_norm2`, hiddenSize, normEpsilon);
  const wide = layers.mixedWithBias(normed, `${name}.mlp.fc1`, hiddenSize, mlpSize);
  const active = graph.op("Gelu", [wide], { approximate: "tanh" });
  return graph.op("Add", [x, layers.mixedWithBias(active, `${name}.mlp.fc2`, mlpSize, hiddenSize)]);
}
