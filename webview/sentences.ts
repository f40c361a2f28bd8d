// Cuts a growing answer into what a screen reader can speak.

import { withoutBoxMarks } from "./answer/box.ts";

/** Where the last complete sentence, line or list item ends; 0 when none does. */
export function endOfSentences(text: string): number {
  for (let index = text.length - 1; index >= 0; index--) {
    const isLineEnd = text[index] === "\n";
    if (isLineEnd || (/[.!?…]/.test(text[index] ?? "") && /\s/.test(text[index + 1] ?? ""))) return index + 1;
  }
  return 0;
}

/** Markdown as it is spoken: its marks would be read aloud, one by one. */
export function spoken(markdown: string): string {
  return withoutBoxMarks(markdown)
    .replace(/^\s*(?:#+|[-*+>]|```.*)\s*/gm, "")
    .replace(/^[\s|:-]+$/gm, "")
    .replace(/[*`]+/g, "")
    .replace(/\|+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
