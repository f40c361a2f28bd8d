// Says in words how a model's matrices are stored.

import type { Precision } from "../../protocol/conversation.ts";
import { elementCount } from "../checkpoint/checkpoint.ts";
import type { WeightFormat, WeightPlan } from "../model/weight_plan.ts";

/** What people choose of the way to store a decoder. */
export interface StorageChoice {
  /** Null keeps what is quantised as it is. */
  readonly precision: Precision | null;
  readonly blockSize: 32 | 64 | 128;
  readonly headBits: 4 | 8;
}

/** The format for a choice. Embeddings keep 8 bits: they take little time, and suffer most. */
export function chooseFormat({ precision, blockSize, headBits }: StorageChoice): WeightFormat {
  const embedding = { bits: 8, blockSize: 32 } as const;
  switch (precision) {
    case null:
      return { kind: "stored" };
    case "fp32":
      return { kind: "fp32" };
    case "int8":
      return {
        kind: "blocks",
        linear: { bits: 8, blockSize },
        embedding,
        head: { bits: headBits, blockSize },
      };
    case "int4":
      return {
        kind: "blocks",
        linear: { bits: 4, blockSize },
        embedding,
        head: { bits: headBits, blockSize },
      };
  }
}

/** The engine's precision that most weights of the decoder's layers are stored in. */
export function nearestPrecision(plan: WeightPlan): Precision {
  const counts = { fp32: 0, int8: 0, int4: 0 };
  for (const piece of plan.pieces) {
    if (piece.source === null || !piece.key.startsWith("llm.model.layers.")) continue;
    const precision = piece.kind === "floats" ? "fp32" : piece.place.bits === 4 ? "int4" : "int8";
    counts[precision] += elementCount(piece.source.shape);
  }
  return (Object.keys(counts) as Precision[]).reduce((a, b) => counts[b] > counts[a] ? b : a);
}

/** One phrase for each way in which matrices of the decoder are stored, most frequent first. */
export function describeStorage(plan: WeightPlan): string {
  const counts = new Map<string, number>();
  for (const piece of plan.pieces) {
    if (piece.source?.shape.length !== 2 || !piece.key.startsWith("llm.")) continue;
    const { type } = piece.source;
    const form = piece.kind === "floats"
      ? piece.place.type
      : `${piece.place.bits} bits in blocks of ${piece.place.blockSize}${
        piece.place.offsets === null ? "" : " with offsets"
      }`;
    const phrase = `${type} ${piece.kind === "quantized" ? "quantised to" : "kept as"} ${form}`;
    counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([phrase, count]) => `${count} × ${phrase}`).join(
    "; ",
  );
}
