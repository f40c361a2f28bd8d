// What the page shows, and how each message of the extension changes it. Nothing here knows the DOM.

import type { PictureReceipt } from "../protocol/conversation.ts";
import type {
  AnswerState,
  NamedFile,
  PanelAttachment,
  PanelState,
  PanelTurn,
  Replacement,
  ToPanel,
} from "../protocol/panel.ts";
import { reduceRecordings } from "./recording_state.ts";

/** Everything the page is drawn from. */
export interface PageState {
  readonly panel: PanelState;
  /** Sentences in the person's language, by their English text. */
  readonly texts: Readonly<Record<string, string>>;
  /** Files that answers name: where each is in the workspace, or null where it is not. */
  readonly files: ReadonlyMap<string, string | null>;
  /** What became of the latest picture that was edited. */
  readonly replacement: Replacement | null;
  /** Counts the requests to put the focus into the composer. */
  readonly focusCount: number;
}

/** The page's state after a message; null as long as there was no `init`. */
export function reduce(state: PageState | null, message: ToPanel): PageState | null {
  if (message.kind === "init") {
    return { panel: message.state, texts: message.texts, files: new Map(), replacement: null, focusCount: 0 };
  }
  if (state === null) return null;
  if (message.kind === "files") {
    return { ...state, files: new Map([...state.files, ...message.files.map(toEntry)]) };
  }
  if (message.kind === "focus") return { ...state, focusCount: state.focusCount + 1 };
  const panel = reducePanel(state.panel, message);
  return isAboutReplacing(message) ? { ...state, panel, replacement: message } : { ...state, panel };
}

/** The turn that is being answered, if there is one; those after it wait. */
export function workingTurn({ turns }: PanelState): PanelTurn | undefined {
  return turns.find(({ state }) => state.kind === "working");
}

function reducePanel(
  panel: PanelState,
  message: Exclude<ToPanel, { kind: "init" | "focus" | "files" }>,
): PanelState {
  switch (message.kind) {
    case "attached":
      return { ...panel, attachments: [...panel.attachments, message.attachment] };
    case "attachment-replaced":
      return {
        ...panel,
        attachments: panel.attachments.map((other) => other.id === message.id ? message.attachment : other),
      };
    case "attachment-not-replaced":
      return panel;
    case "attachment-confirmed":
      return { ...panel, attachments: confirmed(panel.attachments, message.id, message.receipt) };
    case "detached":
      return { ...panel, attachments: without(panel.attachments, message.id) };
    case "refused":
      return { ...panel, refusals: [...panel.refusals, message.refusal] };
    case "refusal-dismissed":
      return { ...panel, refusals: without(panel.refusals, message.id) };
    case "asked":
      return { ...panel, turns: [...panel.turns, message.turn] };
    case "stage":
      return inTurn(panel, message.turnId, (turn) => atStage(turn, message));
    case "receipt":
      return inTurn(panel, message.turnId, ({ question, ...turn }) => ({
        ...turn,
        question: {
          ...question,
          attachments: confirmed(question.attachments, message.pictureId, message.receipt),
        },
      }));
    case "thinking":
      return inTurn(panel, message.turnId, (turn) => thought(turn, message));
    case "answer":
      return inTurn(
        panel,
        message.turnId,
        (turn) => isWorking(turn) ? { ...turn, text: turn.text + message.text } : turn,
      );
    case "left-out":
      return inTurn(panel, message.turnId, (turn) => ({ ...turn, leftOut: message.parts }));
    case "done":
      return inTurn(panel, message.turnId, ended({ kind: "done", numbers: message.numbers }));
    case "failed":
      return inTurn(panel, message.turnId, ended({ kind: "failed", failure: message.failure }));
    case "stopped":
      return inTurn(panel, message.turnId, ended({ kind: "stopped" }));
    case "continued":
      return inTurn(panel, message.turnId, (turn) => ({ ...turn, state: QUEUED }));
    case "turns":
      return { ...panel, turns: message.turns };
    case "need":
      return { ...panel, need: message.need };
    case "opened":
      return { ...panel, ...message.conversation };
    case "draft":
      return { ...panel, draft: message.draft };
    case "engine":
      return { ...panel, engine: message.engine, model: message.model };
    case "recording-changed":
    case "recording-progress":
    case "recording-receipt":
      return reduceRecordings(panel, message);
    default:
      return unknown(message);
  }
}

function isAboutReplacing(message: ToPanel): message is Replacement {
  return message.kind === "attachment-replaced" || message.kind === "attachment-not-replaced";
}

const QUEUED: AnswerState = { kind: "working", stage: "queued", done: null, total: null };

function toEntry({ path, file }: NamedFile): readonly [string, string | null] {
  return [path, file];
}

/** Changes one turn and leaves the others the very same objects, so that they are not drawn again. */
function inTurn(panel: PanelState, id: string, change: (turn: PanelTurn) => PanelTurn): PanelState {
  return { ...panel, turns: panel.turns.map((turn) => turn.id === id ? change(turn) : turn) };
}

function isWorking(turn: PanelTurn): boolean {
  return turn.state.kind === "working";
}

// An answer that has ended stays as it is: a piece that was on its way when it was stopped must not open it again.

function atStage(turn: PanelTurn, { stage, done, total }: ToPanel & { kind: "stage" }): PanelTurn {
  return isWorking(turn) ? { ...turn, state: { kind: "working", stage, done, total } } : turn;
}

function thought(turn: PanelTurn, message: ToPanel & { kind: "thinking" }): PanelTurn {
  if (!isWorking(turn)) return turn;
  return {
    ...turn,
    thinking: turn.thinking + message.text,
    thinkingTokenCount: message.tokenCount,
    thinkingMs: message.elapsedMs,
  };
}

function ended(state: AnswerState): (turn: PanelTurn) => PanelTurn {
  return (turn) => isWorking(turn) ? { ...turn, state } : turn;
}

function confirmed(
  attachments: readonly PanelAttachment[],
  id: string,
  receipt: PictureReceipt,
): readonly PanelAttachment[] {
  return attachments.map((attachment) =>
    attachment.id === id && attachment.kind === "picture" ? { ...attachment, receipt } : attachment
  );
}

function without<T extends { readonly id: string }>(items: readonly T[], id: string): readonly T[] {
  return items.filter((item) => item.id !== id);
}

function unknown(message: never): never {
  throw new TypeError(`unknown message: ${JSON.stringify(message)}`);
}
