// What came of reading the text of pictures, as one text and as one sentence. Knows no editor.

import type { Translate } from "./error_messages.ts";

/** What came of one picture. */
export type PictureOutcome =
  | { readonly kind: "read"; readonly name: string; readonly text: string }
  | { readonly kind: "failed"; readonly name: string; readonly reason: string }
  /** The person stopped before its text was read. */
  | { readonly kind: "stopped"; readonly name: string };

/** A sentence about all of them, and how loud to say it. */
export interface Summary {
  readonly loudness: "error" | "warning" | "information";
  readonly text: string;
}

/** Whether there is any text. */
export function hasText(outcomes: readonly PictureOutcome[]): boolean {
  return outcomes.some((outcome) => outcome.kind === "read" && outcome.text.trim() !== "");
}

/**
 * The texts so far as one: of several pictures each under its name, those without text with the reason. It begins
 * with what it was before the latest picture.
 * @param totalCount how many pictures there will be
 */
export function joinTexts(outcomes: readonly PictureOutcome[], totalCount: number, t: Translate): string {
  const [first] = outcomes;
  if (totalCount === 1 && first?.kind === "read") return `${first.text.trimEnd()}\n`;
  return outcomes.map((outcome) => `# ${outcome.name}\n\n${textOf(outcome, t)}\n`).join("\n\n");
}

/** What a person is told at the end; null when there is nothing to tell. */
export function summarize(
  outcomes: readonly PictureOutcome[],
  target: "editor" | "clipboard",
  t: Translate,
): Summary | null {
  const read = outcomes.filter((outcome) => outcome.kind === "read");
  const failed = outcomes.filter((outcome) => outcome.kind === "failed");
  if (failed.length > 0) {
    const reasons = failed.map(({ reason }) => reason).join(" ");
    const text = outcomes.length === 1
      ? reasons
      : t("{0} of {1} pictures could not be read. {2}", failed.length, outcomes.length, reasons);
    return { loudness: read.length === 0 ? "error" : "warning", text };
  }
  const [first] = read;
  if (first === undefined) return null; // Stopped before anything was read.
  const what = read.length === 1 ? first.name : t("{0} pictures", read.length);
  if (!hasText(read)) return { loudness: "information", text: t("No text was found in {0}.", what) };
  const text = target === "clipboard"
    ? t("The text of {0} is on the clipboard.", what)
    : t("The text of {0} is in a new editor.", what);
  return { loudness: "information", text };
}

function textOf(outcome: PictureOutcome, t: Translate): string {
  switch (outcome.kind) {
    case "read":
      return outcome.text.trim() === "" ? t("(no text found)") : outcome.text.trimEnd();
    case "failed":
      return t("(not read: {0})", outcome.reason);
    case "stopped":
      return t("(not read: stopped)");
  }
}
