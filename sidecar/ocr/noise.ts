// Tells text from what only looks like it: icons, window buttons, bits of drawings.

import type { TextLine } from "../../protocol/conversation.ts";
import { hasEastAsian } from "./scripts.ts";

/** Lines read with less confidence are no text. PaddleOCR's limit. */
const MIN_CONFIDENCE = 0.5;
/** A single character may be an icon, and must be read with this much. */
const MIN_LONE_CONFIDENCE = 0.9;
/** Brackets stand alone in code, and the network is not sure of them. */
const MIN_LONE_BRACKET_CONFIDENCE = 0.35;

/** The lines that are text. */
export function withoutNoise(lines: readonly TextLine[]): TextLine[] {
  // Icons are taken for Chinese characters, so a lone one is text only among others.
  const isEastAsian = lines.some(({ text }) => text.length > 1 && hasEastAsian(text));
  return lines.filter(({ text, confidence }) => confidence >= leastConfidence(text, isEastAsian));
}

function leastConfidence(text: string, isEastAsian: boolean): number {
  if ([...text].length > 1) return MIN_CONFIDENCE;
  if (/^[{}()[\]]$/.test(text)) return MIN_LONE_BRACKET_CONFIDENCE;
  if (/^[\p{Letter}\p{Number}]$/u.test(text) && (isEastAsian || !hasEastAsian(text))) {
    return MIN_LONE_CONFIDENCE;
  }
  return /^[\p{ASCII}]$/u.test(text) ? MIN_LONE_CONFIDENCE : Infinity;
}
