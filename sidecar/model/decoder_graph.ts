// Qwen3 decoder with the visual tokens put in place and a KV cache that is updated in place.
// One graph serves prefill and decode steps, and every execution provider: the operators are left apart where
// a provider fuses them itself.
// @see minicpmv45-spec.md sections 1.1 and 5.6

import type { DecoderConfig } from "../checkpoint/config.ts";
import type { Value } from "../graph/graph_builder.ts";
import type { Layers } from "./layers.ts";
import { rotaryTables } from "./positions.ts";

/** Names of a layer's part of the KV cache, [1, key-value heads, capacity, head size] in the activations' type each. */
export function cacheNames(layer: number) {
  return {
    pastKey: `past_key_values.${layer}.key`,
    pastValue: `past_key_values.${layer}.value`,
    presentKey: `present.${layer}.key`,
    presentValue: `present.${layer}.value`,
  };
}

/**
 * Adds the decoder for T new tokens.
 *
 * Inputs: `input_ids` [1, T] int64; `visual_tokens` [V, hidden] float32 (V may be 0); `token_sources` [T] int64, for
 * each token the row of the words, or of the visual tokens behind them, that stands for it; `seqlens_k` [1] int32, tokens in the cache after this run less one;
 * `total_sequence_length` scalar int32, tokens in the cache after this run; `logit_rows` [R] int64, which of the T
 * to give logits for; and the cache.
 * Outputs: `logits` [R, vocabulary] float32 and the cache, to be bound to the memory of the input.
 */
export function buildDecoder(layers: Layers, config: DecoderConfig): void {
  const { graph } = layers;
  const { hiddenSize, layerCount, vocabularySize, contextLength, headSize } = config;
  const ids = graph.input("input_ids", "int64", [1, "tokens"]);
  const visualTokens = graph.input("visual_tokens", "float32", ["visual", hiddenSize]);
  const sources = graph.input("token_sources", "int64", ["tokens"]);
  const rows = graph.input("logit_rows", "int64", ["rows"]);
  const lengths = [
    graph.input("seqlens_k", "int32", [1]),
    graph.input("total_sequence_length", "int32", []),
  ];
  const rotary = () => rotaryTables(contextLength, headSize, config.ropeTheta);
  const rotaryDims = [contextLength, headSize / 2];
  const positions = [
    layers.narrow(layers.table("rotary.cos", rotaryDims, () => rotary().cos)),
    layers.narrow(layers.table("rotary.sin", rotaryDims, () => rotary().sin)),
  ];

  const table = "llm.model.embed_tokens.weight";
  const words = layers.embedding(ids, table, vocabularySize, hiddenSize);
  const rowsOfBoth = graph.op("Concat", [words, layers.narrow(visualTokens)], { axis: 0 }); // [T + V, H]
  const mixed = graph.op("Gather", [rowsOfBoth, sources], { axis: 0 }); // [T, H]
  let residual = graph.op("Unsqueeze", [mixed, graph.integers(0)]); // [1, T, H]
  let x = graph.op(
    "SimplifiedLayerNormalization",
    [residual, layers.narrow(layers.stored("llm.model.layers.0.input_layernorm.weight", [hiddenSize]))],
    { axis: -1, epsilon: { float: config.normEpsilon }, stash_type: 1 },
  );

  for (let i = 0; i < layerCount; i++) {
    const name = `llm.model.layers.${i}`;
    const attended = attention(layers, config, i, x, [...lengths, ...positions]);
    [x, residual] = addAndNorm(layers, config, attended, residual, `${name}.post_attention_layernorm`);
    const moved = mlp(layers, config, `${name}.mlp`, x);
    const next = i + 1 < layerCount ? `llm.model.layers.${i + 1}.input_layernorm` : "llm.model.norm";
    [x, residual] = addAndNorm(layers, config, moved, residual, next);
  }

  const asked = graph.op("Gather", [graph.op("Squeeze", [x, graph.integers(0)]), rows], { axis: 0 }); // [R, H]
  const head = config.hasTiedEmbeddings ? table : "llm.lm_head.weight";
  const logits = layers.head(asked, head, hiddenSize, vocabularySize);
  graph.node("Identity", [logits], ["logits"]);
  graph.output("logits", "float32", ["rows", vocabularySize]);
}

/** Grouped-query attention over the cache, with per-head normalisation of queries and keys before the rotation. */
function attention(
  layers: Layers,
  config: DecoderConfig,
  index: number,
  x: Value,
  shared: readonly Value[],
): Value {
  const { graph, style: { activations } } = layers;
  const { hiddenSize, headCount, kvHeadCount, headSize, normEpsilon } = config;
  const name = `llm.model.layers.${index}.self_attn`;
  const project = (part: string, heads: number) =>
    layers.projection(x, `${name}.${part}_proj.weight`, hiddenSize, heads * headSize);
  const isFused = layers.style.headNorm === "fused";
  const normWeight = (part: string) =>
    layers.narrow(layers.stored(`${name}.${part}_norm.weight`, [headSize]));
  const normHeads = (value: Value, part: string, heads: number) => {
    if (isFused) return value;
    const apart = graph.op("Reshape", [value, graph.integers(0, -1, heads, headSize)]); // [1, T, heads, D]
    const normed = graph.op(
      "SimplifiedLayerNormalization",
      [apart, normWeight(part)],
      { axis: -1, epsilon: { float: normEpsilon }, stash_type: 1 },
    );
    return graph.op("Reshape", [normed, graph.integers(0, -1, heads * headSize)]);
  };
  const q = normHeads(project("q", headCount), "q", headCount);
  const k = normHeads(project("k", kvHeadCount), "k", kvHeadCount);
  const v = project("v", kvHeadCount);

  const { pastKey, pastValue, presentKey, presentValue } = cacheNames(index);
  const cacheDims = [1, kvHeadCount, "capacity", headSize];
  for (const past of [pastKey, pastValue]) graph.input(past, activations, cacheDims);
  const mixed = `attention_${index}`;
  graph.node(
    "GroupQueryAttention",
    // Between the rotation's tables and the norms' weights stand five inputs that are left out.
    [
      q,
      k,
      v,
      pastKey,
      pastValue,
      ...shared,
      ...isFused ? ["", "", "", "", "", ...["q", "k"].map(normWeight)] : [],
    ],
    [mixed, presentKey, presentValue],
    {
      ...{ num_heads: headCount, kv_num_heads: kvHeadCount, do_rotary: 1 },
      ...isFused ? { qk_norm_epsilon: { float: normEpsilon } } : {},
    },
  );
  for (const present of [presentKey, presentValue]) graph.output(present, activations, cacheDims);
  return layers.projection(mixed, `${name}.o_proj.weight`, headCount * headSize, hiddenSize);
}

/** SwiGLU: down(silu(gate(x)) · up(x)). */
function mlp(
  layers: Layers,
  { hiddenSize, mlpSize }: DecoderConfig,
  name: string,
  x: Value,
): Value {
  const { graph } = layers;
  const gate = layers.projection(x, `${name}.gate_proj.weight`, hiddenSize, mlpSize);
  const up = layers.projection(x, `${name}.up_proj.weight`, hiddenSize, mlpSize);
  const active = graph.op("QuickGelu", [gate], { alpha: { float: 1 } }); // x · sigmoid(x), that is SiLU
  const product = graph.op("Mul", [active, up]);
  return layers.projection(product, `${name}.down_proj.weight`, mlpSize, hiddenSize);
}

/** Adds a branch to the residual stream; returns the normalised sum and the sum. */
function addAndNorm(
  layers: Layers,
  { hiddenSize, normEpsilon }: DecoderConfig,
  branch: Value,
  residual: Value,
  name: string,
): [normed: Value, sum: Value] {
  const weight = layers.narrow(layers.stored(`${name}.weight`, [hiddenSize]));
  const normed = `${name}.normed`;
  const sum = `${name}.sum`;
  layers.graph.node(
    "SkipSimplifiedLayerNormalization",
    [branch, residual, weight],
    [normed, "", "", sum],
    { epsilon: { float: normEpsilon } },
  );
  return [normed, sum];
}
