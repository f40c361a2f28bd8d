// States of the panel for its tests, with only what a test is about spelled out.

import type { ModelRecord, PictureReceipt } from "../../protocol/conversation.ts";
import type {
  AnswerNumbers,
  PanelPicture,
  PanelQuestion,
  PanelState,
  PanelTurn,
} from "../../protocol/panel.ts";
import type { PageState } from "../../webview/state.ts";

export const MODEL: ModelRecord = {
  id: "nano",
  name: "Nano",
  parameterCount: 20_000_000,
  contextLength: 4096,
  precision: "fp32",
  license: "Apache-2.0",
  isStandIn: true,
};

export const RECEIPT: PictureReceipt = {
  sha256: "0".repeat(64),
  name: "dialog.png",
  format: "png",
  widthPx: 1920,
  heightPx: 1080,
  grid: { columns: 3, rows: 3 },
  sliceCount: 10,
  tokenCount: 640,
  notes: [],
};

export const NUMBERS: AnswerNumbers = {
  modelName: "Nano",
  isStandIn: true,
  stopReason: "end",
  traceEnd: "model",
  firstTokenMs: 412,
  tokensPerSecond: 38.4,
  promptTokenCount: 840,
  pictureTokenCount: 640,
  thinkingTokenCount: 131,
  answerTokenCount: 148,
  context: { tokenCount: 988, contextLength: 4096 },
};

export function picture(id: string, changes: Partial<PanelPicture> = {}): PanelPicture {
  return { id, name: `${id}.png`, source: "", byteLength: 1, receipt: null, ...changes };
}

/** A turn that is being answered. */
export function turn(
  id: string,
  { pictures = [], ...changes }: Partial<PanelTurn> & Partial<Pick<PanelQuestion, "pictures">> = {},
): PanelTurn {
  return {
    id,
    question: { text: "What is this?", pictures },
    version: { position: 1, count: 1 },
    depth: "off",
    thinking: "",
    thinkingTokenCount: 0,
    thinkingMs: 0,
    text: "",
    state: { kind: "working", stage: "queued", done: null, total: null },
    ...changes,
  };
}

export function panel(changes: Partial<PanelState> = {}): PanelState {
  return {
    id: "chat",
    turns: [],
    attachments: [],
    draft: { text: "", depth: "off" },
    refusals: [],
    need: null,
    engine: "ready",
    model: MODEL,
    ...changes,
  };
}

export function page(changes: Partial<PanelState> = {}): PageState {
  return { panel: panel(changes), texts: {}, files: new Map(), focusCount: 0 };
}
