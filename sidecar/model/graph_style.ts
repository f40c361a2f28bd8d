// How graphs are written for a device. The networks are the same everywhere; what differs is the type that matrices are
// multiplied in, and which operators a device has.

/**
 * How matrices in blocks are multiplied: 0 with activations as they are, 4 with activations rounded to 8 bits, which is
 * faster and less exact.
 */
export type AccuracyLevel = 0 | 4;

/** What differs between the graphs for devices. */
export interface GraphStyle {
  readonly accuracyLevel: AccuracyLevel;
  /**
   * Type of the decoder, and of the vision tower's matrices. The tower's residual stream, its norms and the resampler
   * are float32 always: in the tower, single channels grow beyond what float16 holds.
   */
  readonly activations: "float32" | "float16";
  /**
   * The vision part's attention: one operator over float32, whose softmax then is float32 everywhere; one over
   * the type of the activations, for devices whose operator keeps its softmax in float32 itself; or plain operators.
   */
  readonly attention: "float32" | "activations" | "plain";
  /** Normalisation of queries and keys per head: operators of its own, or part of the attention. */
  readonly headNorm: "plain" | "fused";
  /** Rows of an embedding table in blocks: one operator, or plain ones, which take tables of 8 bits only. */
  readonly blockGather: "operator" | "plain";
  /**
   * The vision tower's matrices: multiplied as they are, or in 8-bit integers, with weights rounded per column and
   * activations per patch. Faster on CPUs with instructions for it, and less exact.
   */
  readonly visionProducts: "float" | "integer";
  /**
   * Tables of floats: as stored, with the rows asked for converted, which takes the least memory; or converted when
   * the graph is loaded, for devices that have no operators for bfloat16.
   */
  readonly tables: "stored" | "converted";
}

/** The most exact graphs, for the CPU. */
export const EXACT: GraphStyle = {
  accuracyLevel: 0,
  activations: "float32",
  attention: "float32",
  headNorm: "plain",
  blockGather: "operator",
  visionProducts: "float",
  tables: "stored",
};
