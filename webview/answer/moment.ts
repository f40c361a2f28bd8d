// Finds in a text what names a moment of a recording: `0:03.2`, `00:12`, `1:02:03`.

import { readClock } from "../clock.ts";

/** A piece of a text: a moment, or what stands between. */
export interface MomentPiece {
  readonly text: string;
  /** Seconds; null for what is no moment. */
  readonly timeS: number | null;
}

// Not within a longer number, a word, an address or a place in a file; minutes and seconds have two digits.
const MOMENT =
  /(?<![\p{L}\p{N}_:./\\@+~])(?:\d{1,2}:[0-5]\d|\d{1,3}):[0-5]\d(?:[.,]\d{1,3})?(?![\p{L}\p{N}_/\\]|[:.]\d)/gu;

/** Cuts a text before and after each moment. */
export function findMoments(text: string): readonly MomentPiece[] {
  const pieces: MomentPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(MOMENT)) {
    const timeS = readClock(match[0]);
    if (timeS === null) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), timeS: null });
    pieces.push({ text: match[0], timeS });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), timeS: null });
  return pieces;
}
