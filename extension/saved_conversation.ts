// A conversation as it is kept between windows: plain data, checked when it comes back, because an earlier version
// may have written it.

import type { PictureReceipt, PictureRef } from "../protocol/conversation.ts";
import { type AnswerState, type Draft, THINKING_DEPTHS, type ThinkingDepth } from "../protocol/panel.ts";
import { type Attachment, type ChatTurn, type ConversationRecord, EMPTY } from "./chat_turn.ts";

/** Raised when what is kept changes its form. */
const FORM = 2;

/** What is written. */
export interface SavedConversation extends ConversationRecord {
  readonly form: typeof FORM;
}

/** A conversation ready to be written. */
export function save(record: ConversationRecord): SavedConversation {
  return { form: FORM, ...record };
}

/**
 * A conversation that was written before. An answer that was in work then is one that was stopped.
 * @returns null when there is none, or none in a form that this version knows
 */
export function restore(value: unknown): ConversationRecord | null {
  const raised = isObject(value) && value["form"] === 1 ? fromForm1(value) : value;
  if (!isObject(raised) || raised["form"] !== FORM) return null;
  const { turns, attachments, lastId } = raised;
  if (!isList(turns, isTurn) || !isList(attachments, isAttachment)) return null;
  if (lastId !== null && !turns.some(({ id }) => id === lastId)) return null;
  return {
    lastId: lastId as string | null,
    turns: turns.map((turn) => ({
      ...turn,
      state: turn.state.kind === "working" ? { kind: "stopped" } : turn.state,
    })),
    attachments,
    draft: isDraft(raised["draft"]) ? raised["draft"] : EMPTY.draft,
  };
}

/** Form 1 had one row of turns, which thought or did not, and counted nothing of the context. */
function fromForm1(value: Fields): Fields {
  const turns = (Array.isArray(value["turns"]) ? value["turns"] : []).filter(isObject);
  return {
    ...value,
    form: FORM,
    turns: turns.map(({ isThinking, state, ...turn }, index) => {
      const numbers = isObject(state) && isObject(state["numbers"]) ? state["numbers"] : null;
      return {
        ...turn,
        parentId: turns[index - 1]?.["id"] ?? null,
        depth: isThinking === true ? "deep" : "off",
        answerTokenCount: numbers?.["answerTokenCount"] ?? 0,
        state: numbers === null
          ? state
          : { kind: "done", numbers: { ...numbers, traceEnd: null, context: null } },
      };
    }),
    lastId: turns.at(-1)?.["id"] ?? null,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isTurn(value: unknown): value is ChatTurn {
  return isObject(value) && hasTexts(value, "id", "thinking", "text") &&
    hasNumbers(value, "thinkingTokenCount", "thinkingMs", "answerTokenCount") &&
    (value["parentId"] === null || hasTexts(value, "parentId")) &&
    THINKING_DEPTHS.includes(value["depth"] as ThinkingDepth) &&
    isObject(value["question"]) && hasTexts(value["question"], "text") &&
    isList(value["question"]["pictures"], isAttachment) && isState(value["state"]);
}

function isState(value: unknown): value is AnswerState {
  if (!isObject(value)) return false;
  const { kind, numbers, failure } = value;
  switch (kind) {
    case "working":
    case "stopped":
      return true;
    case "done":
      return isObject(numbers) && hasTexts(numbers, "modelName", "stopReason") &&
        hasNumbers(numbers, "firstTokenMs", "tokensPerSecond", "promptTokenCount", "pictureTokenCount") &&
        hasNumbers(numbers, "thinkingTokenCount", "answerTokenCount") &&
        (numbers["traceEnd"] === null || hasTexts(numbers, "traceEnd")) &&
        (numbers["context"] === null ||
          isObject(numbers["context"]) && hasNumbers(numbers["context"], "tokenCount", "contextLength"));
    case "failed":
      return isObject(failure) && hasTexts(failure, "kind", "headline", "message") &&
        Array.isArray(failure["actions"]);
    default:
      return false;
  }
}

function isAttachment(value: unknown): value is Attachment {
  return isObject(value) && hasTexts(value, "id") && isPicture(value["picture"]) &&
    (value["origin"] === null || typeof value["origin"] === "string") &&
    (value["receipt"] === null || isReceipt(value["receipt"]));
}

/** The first files of form 2 had none. */
function isDraft(value: unknown): value is Draft {
  return isObject(value) && hasTexts(value, "text") &&
    THINKING_DEPTHS.includes(value["depth"] as ThinkingDepth);
}

function isPicture(value: unknown): value is PictureRef {
  return isObject(value) && hasTexts(value, "name") && hasNumbers(value, "byteLength") &&
    // It becomes part of a path.
    typeof value["sha256"] === "string" && /^[0-9a-f]{64}$/.test(value["sha256"]);
}

function isReceipt(value: unknown): value is PictureReceipt {
  return isObject(value) && hasTexts(value, "sha256", "name", "format") &&
    hasNumbers(value, "widthPx", "heightPx", "sliceCount", "tokenCount") && Array.isArray(value["notes"]) &&
    (value["grid"] === null || (isObject(value["grid"]) && hasNumbers(value["grid"], "columns", "rows")));
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function hasTexts(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "string");
}

function hasNumbers(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "number");
}
