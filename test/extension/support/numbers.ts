import type { AnswerNumbers } from "../../../protocol/panel.ts";

/** Numbers of some answer. */
export const NUMBERS: AnswerNumbers = {
  modelName: "Nano",
  isStandIn: true,
  stopReason: "end",
  firstTokenMs: 100,
  tokensPerSecond: 50,
  promptTokenCount: 80,
  pictureTokenCount: 64,
  thinkingTokenCount: 0,
  answerTokenCount: 3,
};
