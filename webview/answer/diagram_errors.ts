import type { Translate } from "../texts.ts";

/** What a person is told of a diagram that was not drawn. */
export function whyNotDrawn(error: unknown, text: string, t: Translate): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = /\bline:?\s+(\d+)/i.exec(message)?.[1];
  if (line !== undefined) {
    // A text that is not closed is read to beyond the last line.
    const shown = Math.min(Number(line), text.trimEnd().split("\n").length);
    return t("This diagram cannot be drawn: Mermaid does not understand line {0}.", shown);
  }
  if (/No diagram type detected|UnknownDiagram/i.test(message)) {
    return t("This diagram cannot be drawn: its first line names no kind of diagram that Mermaid knows.");
  }
  const first = message.split("\n", 1)[0]?.slice(0, 200) ?? "";
  return t("This diagram cannot be drawn: {0}.", first.replace(/[.\s]+$/, ""));
}
