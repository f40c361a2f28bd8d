import type { GenerateParams } from "../protocol/sidecar.ts";
import type { ChatTurn } from "./chat_turn.ts";

/** Most tokens of a trace. */
const BUDGETS = { auto: 512, deep: 4096 } as const;

/** How a turn's depth of thinking is told to the sidecar; a trace that goes on has what is left of its budget. */
export function thinkingParams(
  { depth, thinkingTokenCount }: Pick<ChatTurn, "depth" | "thinkingTokenCount">,
): Pick<GenerateParams, "thinking" | "thinkingBudget"> {
  if (depth === "off") return { thinking: false };
  return { thinking: true, thinkingBudget: Math.max(1, BUDGETS[depth] - thinkingTokenCount) };
}
