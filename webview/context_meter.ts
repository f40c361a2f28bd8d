// How full the model's context is, in numbers and words.

import type { ContextUse, PanelState } from "../protocol/panel.ts";
import type { Translate } from "./texts.ts";

/** From this share on there is hardly room for a question with a picture and its answer. */
const NEARLY_FULL = 0.85;

/**
 * What the next question would take as it stands: as the sidecar computed it, or else the conversation and the pictures
 * whose receipts are there. Null as long as nobody knows how much the model holds, or nothing takes any of it.
 */
export function contextUse({ need, turns, attachments, model }: PanelState): ContextUse | null {
  if (need !== null) return need;
  const answered = turns.map(({ state }) => state.kind === "done" ? state.numbers.context : null)
    .findLast((context) => context !== null);
  const contextLength = model?.contextLength ?? answered?.contextLength;
  const pictures = attachments.reduce((sum, { receipt }) => sum + (receipt?.tokenCount ?? 0), 0);
  const tokenCount = (answered?.tokenCount ?? 0) + pictures;
  return contextLength === undefined || tokenCount === 0 ? null : { tokenCount, contextLength };
}

/** How much of the context is used, 0 to 1, and whether that is a reason for care. */
export function fullness({ tokenCount, contextLength }: ContextUse): {
  readonly share: number;
  readonly level: "roomy" | "nearly-full" | "full";
} {
  const share = Math.min(tokenCount / contextLength, 1);
  return { share, level: share >= 1 ? "full" : share >= NEARLY_FULL ? "nearly-full" : "roomy" };
}

/** "1.2k / 32k". */
export function contextLine({ tokenCount, contextLength }: ContextUse): string {
  return `${short(tokenCount)} / ${short(contextLength)}`;
}

/** The same in a sentence. */
export function contextSentence({ tokenCount, contextLength }: ContextUse, t: Translate): string {
  const percent = Math.round(tokenCount / contextLength * 100);
  return t("{0} of {1} tokens of the context are used, {2} %", tokenCount, contextLength, percent);
}

/** Contexts have round sizes in binary thousands; what is used of them is counted in plain ones. */
function short(count: number): string {
  if (count < 1000) return String(count);
  if (count % 1024 === 0) return `${count / 1024}k`;
  return count < 100_000 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;
}
