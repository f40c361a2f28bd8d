import type { AnswerNumbers } from "../../../protocol/panel.ts";

/** Numbers of some answer. */
export const NUMBERS: AnswerNumbers = {
  modelName: "Nano",
  isStandIn: true,
  stopReason: "end",
  traceEnd: null,
  firstTokenMs: 100,
  tokensPerSecond: 50,
  promptTokenCount: 80,
  pictureTokenCount: 64,
  thinkingTokenCount: 0,
  answerTokenCount: 3,
  context: { tokenCount: 83, contextLength: 4096 },
};
