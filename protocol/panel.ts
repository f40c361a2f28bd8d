// Messages between the extension and its panel, a page in a webview. The extension owns the conversation; the page
// shows what it is told. The page says `ready`, gets one `init` with everything, and from then on small events that
// its reducer applies. Every question that was asked ends in exactly one of `done`, `failed` and `stopped`; an answer
// that ended early may be `continued` and then ends once more.

import type { Box, LeftOut, ModelRecord, PictureReceipt, StopReason } from "./conversation.ts";
import type { FailureKind } from "./errors.ts";
import type { PanelRecording, RecordingAsk, RecordingEvent } from "./recording_messages.ts";
import type { AskedBox, RegionAsk } from "./region_messages.ts";
import type { Stage } from "./sidecar.ts";

/** A picture as the panel shows it. */
export interface PanelPicture {
  readonly kind: "picture";
  /** Names this use of the picture; the same file can be attached twice. */
  readonly id: string;
  /** Name to show; untrusted text. */
  readonly name: string;
  /** Address of the picture's bytes that the page may load. */
  readonly source: string;
  readonly byteLength: number;
  /** What the sidecar has confirmed; null until then. */
  readonly receipt: PictureReceipt | null;
}

/** The part of a picture that a question is about. */
export interface PanelBox {
  readonly picture: PanelPicture;
  readonly box: Box;
}

/** What goes with a question. */
export type PanelAttachment = PanelPicture | PanelRecording;

/** A question in the conversation, or one that is being written. */
export interface PanelQuestion {
  readonly text: string;
  /** In the order in which they were attached. */
  readonly attachments: readonly PanelAttachment[];
  /** What it is about, where that is a part of one picture. */
  readonly about?: PanelBox;
}

/** What a person is told about a failure: what was not done, why, and what to do next. */
export interface PanelFailure {
  readonly kind: FailureKind;
  /** A short sentence: what was not done. */
  readonly headline: string;
  /** The reason and what to do next. */
  readonly message: string;
  /** Buttons that help. */
  readonly actions: readonly FailureAction[];
}

export type FailureAction = "retry" | "drop-pictures" | "show-log" | "new-chat";

/** How long the model may think before it answers: not at all, shortly, or at length. */
export const THINKING_DEPTHS = ["off", "auto", "deep"] as const;
export type ThinkingDepth = (typeof THINKING_DEPTHS)[number];

/** Who ended a trace: the model, its budget, the person, or a loop in it. */
export type TraceEnd = "model" | "budget" | "person" | "loop";

/** Numbers of a finished answer. */
export interface AnswerNumbers {
  readonly modelName: string;
  readonly isStandIn: boolean;
  readonly stopReason: StopReason;
  /** Null when there was no trace, or it did not end. */
  readonly traceEnd: TraceEnd | null;
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly promptTokenCount: number;
  readonly pictureTokenCount: number;
  readonly thinkingTokenCount: number;
  readonly answerTokenCount: number;
  /** What the conversation takes up to here, traces left out; null where an earlier version did not keep it. */
  readonly context: ContextUse | null;
}

/** Room that a conversation takes of what the model holds. */
export interface ContextUse {
  readonly tokenCount: number;
  readonly contextLength: number;
}

/** Where a turn stands among those that were asked in the same place, the first being 1. */
export interface TurnVersion {
  readonly position: number;
  readonly count: number;
}

/** How far an answer has come. */
export type AnswerState =
  | {
    readonly kind: "working";
    readonly stage: Stage;
    readonly done: number | null;
    readonly total: number | null;
  }
  | { readonly kind: "done"; readonly numbers: AnswerNumbers }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly failure: PanelFailure };

/** One question and what became of it. */
export interface PanelTurn {
  readonly id: string;
  readonly question: PanelQuestion;
  readonly version: TurnVersion;
  readonly depth: ThinkingDepth;
  readonly thinking: string;
  readonly thinkingTokenCount: number;
  /** From the first to the last piece of the trace. */
  readonly thinkingMs: number;
  readonly text: string;
  /** Pictures of earlier questions that the model was not given, to make room. */
  readonly leftOut?: readonly LeftOut[];
  readonly state: AnswerState;
}

/** The question that is being written. */
export interface Draft {
  readonly text: string;
  readonly depth: ThinkingDepth;
  /** The part of a picture that it is about; left out for whole pictures. */
  readonly about?: AskedBox;
}

/** State of the sidecar's process. */
export type EngineState = "stopped" | "starting" | "ready" | "busy" | "failed";

/** Everything the panel shows. */
export interface PanelState {
  /** Names the conversation. */
  readonly id: string;
  readonly turns: readonly PanelTurn[];
  /** What goes with the next question. */
  readonly attachments: readonly PanelAttachment[];
  readonly draft: Draft;
  /** Files that could not be attached, with the reason. */
  readonly refusals: readonly Refusal[];
  /** What the next question would take as it stands; null when the sidecar has not computed it. */
  readonly need: ContextUse | null;
  readonly engine: EngineState;
  /** The model that answers; null until the sidecar has told. */
  readonly model: ModelRecord | null;
}

/** A picture that was not attached. */
export interface Refusal {
  readonly id: string;
  readonly failure: PanelFailure;
}

/** A file that an answer names. */
export interface NamedFile {
  /** As the answer writes it. */
  readonly path: string;
  /** Its path in the workspace, to show; null when the workspace has no such file, or several. */
  readonly file: string | null;
}

/** What the panel shows of a conversation. */
export type ShownConversation = Pick<
  PanelState,
  "id" | "turns" | "attachments" | "draft" | "refusals" | "need"
>;

/** What became of a picture that was edited, or of another that was exchanged. */
export type Replacement =
  | { readonly kind: "attachment-replaced"; readonly id: string; readonly attachment: PanelAttachment }
  /** The edited picture cannot be used, and everything is as it was. */
  | { readonly kind: "attachment-not-replaced"; readonly id: string; readonly failure: PanelFailure };

/** Extension to page. */
export type ToPanel =
  | Replacement
  | { readonly kind: "init"; readonly state: PanelState; readonly texts: Readonly<Record<string, string>> }
  | { readonly kind: "attached"; readonly attachment: PanelAttachment }
  | { readonly kind: "attachment-confirmed"; readonly id: string; readonly receipt: PictureReceipt }
  /** An attachment was taken off the next question: by the person, because it was sent, or because it cannot be used. */
  | { readonly kind: "detached"; readonly id: string }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "refusal-dismissed"; readonly id: string }
  | { readonly kind: "asked"; readonly turn: PanelTurn }
  | {
    readonly kind: "stage";
    readonly turnId: string;
    readonly stage: Stage;
    readonly done: number | null;
    readonly total: number | null;
  }
  | {
    readonly kind: "receipt";
    readonly turnId: string;
    readonly pictureId: string;
    readonly receipt: PictureReceipt;
  }
  | {
    readonly kind: "thinking";
    readonly turnId: string;
    readonly text: string;
    readonly tokenCount: number;
    readonly elapsedMs: number;
  }
  | { readonly kind: "answer"; readonly turnId: string; readonly text: string }
  | { readonly kind: "left-out"; readonly turnId: string; readonly parts: readonly LeftOut[] }
  | { readonly kind: "done"; readonly turnId: string; readonly numbers: AnswerNumbers }
  | { readonly kind: "failed"; readonly turnId: string; readonly failure: PanelFailure }
  | { readonly kind: "stopped"; readonly turnId: string }
  /** The answer goes on from where it ended. */
  | { readonly kind: "continued"; readonly turnId: string }
  /** Other turns are shown from now on: a question was changed or asked again, or another version is looked at. */
  | { readonly kind: "turns"; readonly turns: readonly PanelTurn[] }
  | { readonly kind: "need"; readonly need: ContextUse | null }
  /** Another conversation is shown from now on. */
  | { readonly kind: "opened"; readonly conversation: ShownConversation }
  | { readonly kind: "engine"; readonly engine: EngineState; readonly model: ModelRecord | null }
  | { readonly kind: "draft"; readonly draft: Draft }
  /** Replies to `find-files`. */
  | { readonly kind: "files"; readonly files: readonly NamedFile[] }
  /** Put the focus into the composer. */
  | { readonly kind: "focus" }
  | RecordingEvent;

/** Page to extension. */
export type FromPanel =
  | RegionAsk
  | { readonly kind: "ready" }
  | { readonly kind: "attach-bytes"; readonly name: string; readonly bytes: Uint8Array }
  /** Files named by address, as the Explorer gives them when they are dropped. */
  | { readonly kind: "attach-addresses"; readonly addresses: readonly string[] }
  /** Something was pasted or dropped that holds no picture. */
  | { readonly kind: "nothing-to-attach"; readonly types: readonly string[] }
  | { readonly kind: "choose-files" }
  | { readonly kind: "detach"; readonly id: string }
  | { readonly kind: "dismiss-refusal"; readonly id: string }
  | { readonly kind: "open-picture"; readonly id: string }
  | { readonly kind: "ask" } & Draft
  /** The question that is being written has changed. */
  | { readonly kind: "draft"; readonly draft: Draft }
  | { readonly kind: "stop"; readonly turnId: string }
  | { readonly kind: "retry"; readonly turnId: string }
  /** Ask again, and leave pictures of earlier questions out as far as there is no room for them. */
  | { readonly kind: "drop-pictures"; readonly turnId: string }
  /** End the trace, so that the answer begins. */
  | { readonly kind: "skip-thinking"; readonly turnId: string }
  /** Go on with an answer that was cut off or stopped. */
  | { readonly kind: "continue"; readonly turnId: string }
  /** Ask a question in other words, in its place. */
  | { readonly kind: "edit"; readonly turnId: string; readonly text: string }
  /** Show another version of a question, with what came after it. */
  | { readonly kind: "show-version"; readonly turnId: string; readonly position: number }
  | { readonly kind: "copy"; readonly text: string }
  /** Put code where the cursor of the last used editor is. */
  | { readonly kind: "insert-code"; readonly text: string }
  /** Put code into a new file that is not saved; the language is named as answers name it. */
  | { readonly kind: "new-file"; readonly text: string; readonly language: string }
  /** Which of these does the workspace have? */
  | { readonly kind: "find-files"; readonly paths: readonly string[] }
  /** Open a file that was found. Line and column count from 1; no column means the whole line. */
  | {
    readonly kind: "open-place";
    readonly path: string;
    readonly line: number;
    readonly column: number | null;
  }
  | { readonly kind: "new-chat" }
  | { readonly kind: "show-log" }
  /** How to get the full model. */
  | { readonly kind: "show-full-model" }
  | RecordingAsk;
