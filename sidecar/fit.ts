// From a conversation to a prompt that fits the model's context, before anything is computed.

import type { LeftOut, Turn } from "../protocol/conversation.ts";
import { Failure } from "../protocol/errors.ts";
import type { GenerateParams } from "../protocol/sidecar.ts";
import { describe, toMessages } from "./messages.ts";
import type { Model } from "./model/model.ts";
import { type Prompt, writePrompt } from "./text/prompt.ts";
import { isVisual, type OpenVisual, type VisualText } from "./visuals.ts";

/** Room for an answer that dropping old pictures makes, as a share of the context. */
const ANSWER_SHARE = 1 / 16;
/** Pictures that the message names one by one. */
const NAMED_PICTURES = 6;

/** A prompt that fits, and what had to go for it. */
export interface FittedPrompt {
  readonly prompt: Prompt;
  /** Whether the prompt leaves the model inside a trace. */
  readonly isThinking: boolean;
  /** Most tokens that the answer may have. */
  readonly maxTokens: number;
  /** How many of the first pictures and videos are left out. */
  readonly leftOutCount: number;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Writes the prompt of a conversation.
 * @param opened the conversation's pictures and videos, in order
 * @param texts by place in `opened`; null when no text was read
 * @throws Failure "context-full" when it leaves no room for an answer
 */
export function fitPrompt(
  params: Omit<GenerateParams, "partialResultToken">,
  opened: readonly OpenVisual[],
  texts: readonly VisualText[] | null,
  { config, prompts, record }: Model,
): FittedPrompt {
  const { conversation, thinking } = params;
  const last = conversation.at(-1);
  const beginning = last?.role === "assistant" ? last : undefined;
  const turns = beginning === undefined ? conversation : conversation.slice(0, -1);
  const { contextLength } = config.decoder;
  const isThinking = thinking && (beginning?.text ?? "") === "";
  // The model's own limit is meant for the answer; a trace with a budget comes on top of it.
  const wanted = params.maxTokens ??
    config.sampling.maxNewTokens + (isThinking ? params.thinkingBudget ?? 0 : 0);
  const write = (leftOut: number) =>
    writePrompt(toMessages(turns, opened, texts, leftOut), thinking, prompts, beginning);
  const droppable = params.dropsOldPictures === true ? opened.length - countInLastTurn(turns) : 0;
  const enough = droppable > 0 ? Math.min(wanted, Math.floor(contextLength * ANSWER_SHARE)) : 1;
  let leftOutCount = 0;
  let prompt = write(leftOutCount);
  while (contextLength - prompt.ids.length < enough && leftOutCount < droppable) {
    prompt = write(++leftOutCount);
  }
  const room = contextLength - prompt.ids.length;
  if (room < 1) throw contextFull(prompt.ids.length, opened.slice(leftOutCount), contextLength, record.name);
  return {
    prompt,
    isThinking,
    maxTokens: Math.min(wanted, room),
    leftOutCount,
    leftOut: opened.slice(0, leftOutCount).map(describe),
  };
}

/** Pictures and videos of the question that is being answered. They are never left out. */
function countInLastTurn(turns: readonly Turn[]): number {
  const asked = turns.at(-1);
  return asked?.role === "user" ? asked.content.filter(isVisual).length : 0;
}

function contextFull(
  tokenCount: number,
  sent: readonly OpenVisual[],
  contextLength: number,
  modelName: string,
): Failure {
  const parts = sent.map(describe).sort((a, b) => b.tokenCount - a.tokenCount);
  const named = parts.slice(0, NAMED_PICTURES).map((part) => `“${part.name}” ${part.tokenCount}`);
  const others = parts.slice(NAMED_PICTURES);
  if (others.length > 0) {
    named.push(`${others.length} more ${others.reduce((sum, part) => sum + part.tokenCount, 0)}`);
  }
  const costs = named.length === 0 ? "" : ` Of these, pictures and videos take: ${named.join(", ")}.`;
  return new Failure(
    "context-full",
    `The conversation no longer fits: it takes ${tokenCount} tokens, and ${modelName} holds ` +
      `${contextLength}.${costs} Ask without the pictures of earlier questions, start a new chat, or ask in fewer words.`,
    { subject: modelName },
  );
}
