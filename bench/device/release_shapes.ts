// The sizes of MiniCPM-V 4.5 as its config.json has them, for measurements without its weights.

import type { DecoderConfig, ModelConfig } from "../../sidecar/checkpoint/config.ts";

type Shapes = Pick<ModelConfig, "decoder" | "vision" | "resampler">;

const DECODER: DecoderConfig = {
  hiddenSize: 4096,
  layerCount: 36,
  headCount: 32,
  kvHeadCount: 8,
  headSize: 128,
  mlpSize: 12288,
  normEpsilon: 1e-6,
  ropeTheta: 1e6,
  contextLength: 40960,
  vocabularySize: 151748,
  hasTiedEmbeddings: false,
};

/** The whole model. */
export const RELEASE: Shapes = {
  decoder: DECODER,
  vision: {
    hiddenSize: 1152,
    layerCount: 27,
    headCount: 16,
    mlpSize: 4304,
    patchSize: 14,
    positionsPerSide: 70,
    normEpsilon: 1e-6,
  },
  resampler: { queryCount: 64, headCount: 32 },
};

/** The same in small, to try a measurement out; it says nothing about speed. */
export const MINIATURE: Shapes = {
  decoder: {
    ...{
      ...DECODER,
      hiddenSize: 256,
      layerCount: 2,
      headCount: 4,
      kvHeadCount: 2,
      headSize: 64,
      mlpSize: 512,
    },
    ...{ contextLength: 2048, vocabularySize: 1024 },
  },
  vision: { ...RELEASE.vision, hiddenSize: 144, layerCount: 2, headCount: 2, mlpSize: 288 },
  resampler: { queryCount: 64, headCount: 2 },
};
