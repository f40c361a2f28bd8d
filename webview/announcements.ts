// What a screen reader says when the page changes. Failures are not among it: they are alerts of their own.

import type { PanelAttachment, PanelState, PanelTurn } from "../protocol/panel.ts";
import { cutOffText, stageText } from "./progress.ts";
import { receiptSentence } from "./receipt.ts";
import { costSentence } from "./recording.ts";
import { endOfSentences, spoken } from "./sentences.ts";
import type { Translate } from "./texts.ts";

/** Sentences about what is different after a change. */
export function announcements(before: PanelState, after: PanelState, t: Translate): readonly string[] {
  if (before === after) return [];
  return [
    ...after.attachments.flatMap((attachment) =>
      aboutAttachment(before.attachments.find(({ id }) => id === attachment.id), attachment, t)
    ),
    ...after.turns.flatMap((turn) => aboutTurn(before.turns.find(({ id }) => id === turn.id), turn, t)),
  ];
}

function aboutAttachment(
  before: PanelAttachment | undefined,
  after: PanelAttachment,
  t: Translate,
): readonly string[] {
  if (before === undefined) return [t("{0} was added.", after.name)];
  if (before.receipt === after.receipt || after.receipt === null) return [];
  if (after.kind === "recording") return [`${after.name}: ${costSentence(after, t)}.`];
  return [`${after.name}: ${receiptSentence(after.receipt, t)}.`];
}

function aboutTurn(before: PanelTurn | undefined, after: PanelTurn, t: Translate): readonly string[] {
  if (before === after) return [];
  return [...aboutStage(before, after, t), ...newSentences(before, after), ...aboutEnd(before, after, t)];
}

/** Stages before the first token, without their counts. */
function aboutStage(before: PanelTurn | undefined, after: PanelTurn, t: Translate): readonly string[] {
  if (after.state.kind !== "working" || after.thinking !== "" || after.text !== "") return [];
  const isSame = before?.state.kind === "working" && before.state.stage === after.state.stage;
  return isSame ? [] : [stageText({ ...after.state, done: null, total: null }, t)];
}

/** Sentences that were completed; all that is left when the answer has ended. */
function newSentences(before: PanelTurn | undefined, after: PanelTurn): readonly string[] {
  if (before?.text === after.text && before.state.kind === after.state.kind) return [];
  const hasEnded = (turn: PanelTurn): boolean => turn.state.kind !== "working";
  const start = before === undefined || hasEnded(before) ? after.text.length : endOfSentences(before.text);
  const sentences = spoken(after.text.slice(start, hasEnded(after) ? undefined : endOfSentences(after.text)));
  return sentences === "" ? [] : [sentences];
}

function aboutEnd(before: PanelTurn | undefined, after: PanelTurn, t: Translate): readonly string[] {
  if (before?.state.kind !== "working") return [];
  switch (after.state.kind) {
    case "done": {
      const cutOff = cutOffText(after.state.numbers, t);
      const finished = t("Answer finished, {0} tokens.", after.state.numbers.answerTokenCount);
      return cutOff === undefined ? [finished] : [finished, cutOff];
    }
    case "stopped":
      return [t("The answer was stopped.")];
    case "working":
    case "failed":
      return [];
    default: {
      const unknown: never = after.state;
      throw new TypeError(`unknown state: ${JSON.stringify(unknown)}`);
    }
  }
}
