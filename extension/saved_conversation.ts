// A conversation as it is kept between windows: plain data, checked when it comes back, because an earlier version
// may have written it.

import type { PictureReceipt } from "../protocol/conversation.ts";
import { type AnswerState, type Draft, THINKING_DEPTHS, type ThinkingDepth } from "../protocol/panel.ts";
import {
  type AboutBox,
  type Attachment,
  type ChatTurn,
  type ConversationRecord,
  EMPTY,
  type PictureAttachment,
} from "./chat_turn.ts";
import { type Fields, hasNumbers, hasTexts, isList, isObject, isPicture } from "./plain_values.ts";
import { readAskedBox, readBox } from "./region_messages.ts";
import { isRecording } from "./saved_recording.ts";

/** Raised when what is kept changes its form. */
const FORM = 3;

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
  const raised = isObject(value) ? toLatest(value) : value;
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

/** What an earlier version wrote, one form after the other. */
function toLatest(value: Fields): Fields {
  const second = value["form"] === 1 ? fromForm1(value) : value;
  return second["form"] === 2 ? fromForm2(second) : second;
}

/** Form 2 had pictures only. */
function fromForm2(value: Fields): Fields {
  const raise = (pictures: unknown): readonly unknown[] =>
    (Array.isArray(pictures) ? pictures : [null])
      .map((picture) => isObject(picture) ? { ...picture, kind: "picture" } : picture);
  return {
    ...value,
    form: FORM,
    attachments: raise(value["attachments"]),
    turns: (Array.isArray(value["turns"]) ? value["turns"] : []).filter(isObject)
      .map(({ question, ...turn }) => ({
        ...turn,
        question: isObject(question)
          ? { text: question["text"], attachments: raise(question["pictures"]) }
          : question,
      })),
  };
}

/** Form 1 had one row of turns, which thought or did not, and counted nothing of the context. */
function fromForm1(value: Fields): Fields {
  const turns = (Array.isArray(value["turns"]) ? value["turns"] : []).filter(isObject);
  return {
    ...value,
    form: 2,
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

function isTurn(value: unknown): value is ChatTurn {
  return isObject(value) && hasTexts(value, "id", "thinking", "text") &&
    hasNumbers(value, "thinkingTokenCount", "thinkingMs", "answerTokenCount") &&
    (value["parentId"] === null || hasTexts(value, "parentId")) &&
    THINKING_DEPTHS.includes(value["depth"] as ThinkingDepth) &&
    isObject(value["question"]) && hasTexts(value["question"], "text") &&
    isList(value["question"]["attachments"], isAttachment) &&
    (value["question"]["about"] === undefined || isAbout(value["question"]["about"])) &&
    isState(value["state"]);
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

function isAbout(value: unknown): value is AboutBox {
  return isObject(value) && isPictureAttachment(value["picture"]) && readBox(value["box"]) !== null;
}

function isAttachment(value: unknown): value is Attachment {
  if (!isObject(value)) return false;
  return value["kind"] === "recording" ? isRecording(value) : isPictureAttachment(value);
}

function isPictureAttachment(value: unknown): value is PictureAttachment {
  return isObject(value) && value["kind"] === "picture" && hasTexts(value, "id") &&
    isPicture(value["picture"]) &&
    (value["origin"] === null || typeof value["origin"] === "string") &&
    (value["receipt"] === null || isReceipt(value["receipt"]));
}

/** The first files of form 2 had none. */
function isDraft(value: unknown): value is Draft {
  return isObject(value) && hasTexts(value, "text") &&
    THINKING_DEPTHS.includes(value["depth"] as ThinkingDepth) && readAskedBox(value["about"]) !== null;
}

function isReceipt(value: unknown): value is PictureReceipt {
  return isObject(value) && hasTexts(value, "sha256", "name", "format") &&
    hasNumbers(value, "widthPx", "heightPx", "sliceCount", "tokenCount") && Array.isArray(value["notes"]) &&
    (value["grid"] === null || (isObject(value["grid"]) && hasNumbers(value["grid"], "columns", "rows")));
}
