// States of the panel for its tests, with only what a test is about spelled out.

import type { ModelRecord, PictureReceipt, VideoOrigin } from "../../protocol/conversation.ts";
import type {
  AnswerNumbers,
  PanelPicture,
  PanelQuestion,
  PanelState,
  PanelTurn,
} from "../../protocol/panel.ts";
import type { PanelRecording } from "../../protocol/recording_messages.ts";
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
  return { kind: "picture", id, name: `${id}.png`, source: "", byteLength: 1, receipt: null, ...changes };
}

/** A recording of 21 seconds, of which four frames are sent. */
export function recording(id: string, changes: Partial<PanelRecording> = {}): PanelRecording {
  const name = `${id}.webm`;
  const usedTimesS = [0, 3.2, 9.6, 20];
  const origin: VideoOrigin = {
    format: "webm",
    codec: "vp8",
    durationS: 21,
    frameRate: 30,
    frameCount: 630,
    droppedTimesS: [1, 2],
    notes: [],
  };
  return {
    kind: "recording",
    id,
    name,
    file: { source: "", format: "webm", sha256: "a".repeat(64), byteLength: 1 },
    sampling: {},
    frames: usedTimesS.map((timeS) => ({ source: "", timeS })),
    origin,
    receipt: {
      name,
      origin,
      widthPx: 1280,
      heightPx: 720,
      usedTimesS,
      packing: 1,
      groupCount: 4,
      tokenCount: 256,
    },
    progress: null,
    ...changes,
  };
}

/** A turn that is being answered. */
export function turn(
  id: string,
  { attachments = [], ...changes }: Partial<PanelTurn> & Partial<Pick<PanelQuestion, "attachments">> = {},
): PanelTurn {
  return {
    id,
    question: { text: "What is this?", attachments },
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
  return { panel: panel(changes), texts: {}, files: new Map(), replacement: null, focusCount: 0 };
}
