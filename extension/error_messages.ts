// What people are told about failures: a headline and buttons by the kind of failure, never by its text. Knows no
// editor, so the translation comes in as a function.

import { Failure, type FailureKind } from "../protocol/errors.ts";
import type { FailureAction, PanelFailure } from "../protocol/panel.ts";

/** Gives a sentence in the person's language, with `{0}`, `{1}` … filled in. */
export type Translate = (english: string, ...values: (string | number)[]) => string;

/** What was wanted when it failed; a question can be asked again, a picture has to be given again. */
export type Wanted = "answer" | "picture";

/** The engine's process ended while it was needed. */
export class EngineEnded extends Error {
  constructor(how: string) {
    super(`the engine's process ended (${how})`);
    this.name = "EngineEnded";
  }
}

/** What to show for something that was thrown. */
export function describeFailure(error: unknown, wanted: Wanted, t: Translate): PanelFailure {
  const described = describe(error, t);
  return wanted === "answer"
    ? described
    : { ...described, actions: described.actions.filter((action) => action === "show-log") };
}

/** The same as one sentence or two, for notifications and text files. */
export function failureSentence(error: unknown, t: Translate): string {
  if (error instanceof Failure) return error.message;
  const { headline, message } = describe(error, t);
  return `${headline} ${message}`;
}

function describe(error: unknown, t: Translate): PanelFailure {
  if (error instanceof Failure) {
    const { kind, message, subject } = error;
    return { kind, headline: headlineOf(kind, subject ?? "", t), message, actions: ACTIONS[kind] };
  }
  if (error instanceof EngineEnded) {
    return {
      kind: "internal",
      headline: t("The engine stopped unexpectedly."),
      message: t("It starts again by itself, and nothing you wrote is lost. The log says how it ended."),
      actions: ["retry", "show-log"],
    };
  }
  return {
    kind: "internal",
    headline: headlineOf("internal", "", t),
    message: t("This is a fault in Sightline: {0}", error instanceof Error ? error.message : String(error)),
    actions: ACTIONS.internal,
  };
}

/** What was not done, in a short sentence. `subject` is the file or model it is about, "" when there is none. */
export function headlineOf(kind: FailureKind, subject: string, t: Translate): string {
  const picture = subject === "" ? t("The picture") : `“${subject}”`;
  switch (kind) {
    case "picture-missing":
      return t("{0} was not found.", picture);
    case "picture-is-folder":
      return t("{0} is a folder.", picture);
    case "picture-unreadable":
      return t("{0} cannot be read.", picture);
    case "picture-empty":
      return t("{0} is empty.", picture);
    case "picture-not-an-image":
      return t("{0} is not a picture.", picture);
    case "picture-format-unsupported":
      return t("{0} has a format that cannot be read.", picture);
    case "picture-damaged":
      return t("{0} is damaged.", picture);
    case "picture-too-large":
      return t("{0} is too large.", picture);
    case "picture-too-thin":
      return t("{0} is too thin to be seen.", picture);
    case "video-missing":
    case "video-unreadable":
    case "video-format-unsupported":
    case "video-damaged":
    case "video-without-pictures":
    case "video-range-empty":
    case "video-too-long":
      return t("{0} cannot be used.", subject === "" ? t("The video") : picture);
    case "model-missing":
      return t("The model was not found.");
    case "model-invalid":
      return t("The model cannot be used.");
    case "runtime-missing":
    case "runtime-incompatible":
      return t("The engine cannot start.");
    case "device-unavailable":
      return t("The model cannot run on this device.");
    case "protocol-mismatch":
      return t("Sightline's parts do not fit together.");
    case "context-full":
      return t("This conversation no longer fits.");
    case "out-of-memory":
      return t("There is not enough memory.");
    case "storage-failed":
      return t("Nothing could be saved.");
    case "chat-missing":
    case "chat-damaged":
    case "chat-open-elsewhere":
      return t("The chat cannot be opened.");
    case "internal":
      return t("Something went wrong.");
  }
}

const AGAIN: readonly FailureAction[] = ["retry", "show-log"];

const ACTIONS: Readonly<Record<FailureKind, readonly FailureAction[]>> = {
  "picture-missing": [],
  "picture-is-folder": [],
  "picture-unreadable": [],
  "picture-empty": [],
  "picture-not-an-image": [],
  "picture-format-unsupported": [],
  "picture-damaged": [],
  "picture-too-large": [],
  "picture-too-thin": [],
  "video-missing": [],
  "video-unreadable": [],
  "video-format-unsupported": [],
  "video-damaged": [],
  "video-without-pictures": [],
  "video-range-empty": [],
  "video-too-long": [],
  "model-missing": AGAIN,
  "model-invalid": AGAIN,
  "runtime-missing": AGAIN,
  "runtime-incompatible": AGAIN,
  "device-unavailable": AGAIN,
  "protocol-mismatch": AGAIN,
  "context-full": ["drop-pictures", "new-chat"],
  "out-of-memory": AGAIN,
  "storage-failed": AGAIN,
  "chat-missing": [],
  "chat-damaged": [],
  "chat-open-elsewhere": [],
  "internal": AGAIN,
};
