// Where in a picture an answer says that something is: `<ref>name</ref><box>x1 y1 x2 y2</box>`.

import { type Box, BOX_SCALE } from "../../protocol/conversation.ts";

export { type Box, BOX_SCALE as SCALE };

/** What a mark at some place of a text says, and where it ends. */
export interface BoxMark {
  readonly label: string;
  /** Empty when the mark names no place that exists. */
  readonly boxes: readonly Box[];
  readonly end: number;
}

const REF = /<ref>([^<]{0,500})<\/ref>/y;
const BOX = /\s*<box>([^<]{0,100})<\/box>/y;
const TAG = /<\/?(?:ref|box)>/y;

/** Longer than any mark with one box. */
const LONGEST_MARK = 120;

/** A mark that has begun and whose end has not come. */
const OPEN_MARK =
  /<(?:\/?(?:r(?:ef?)?|b(?:ox?)?)?|\/(?:ref|box)|box>[^<]{0,100}(?:<(?:\/(?:b(?:ox?)?)?)?)?)$/;

/** Reads the mark that stands at `start`; null when none does. A tag without its pair is a mark without a meaning. */
export function readBoxMark(text: string, start: number): BoxMark | null {
  const ref = matchAt(REF, text, start);
  let end = start + (ref?.[0].length ?? 0);
  const boxes: Box[] = [];
  for (let box = matchAt(BOX, text, end); box !== null; box = matchAt(BOX, text, end)) {
    boxes.push(...toBoxes(box[1] ?? ""));
    end += box[0].length;
  }
  end = Math.max(end, start + (matchAt(TAG, text, start)?.[0].length ?? 0));
  return end === start ? null : { label: (ref?.[1] ?? "").trim(), boxes, end };
}

/** A growing text without a mark at its end that is still coming. */
export function withoutOpenMark(text: string): string {
  const match = OPEN_MARK.exec(text.slice(-LONGEST_MARK));
  return match === null ? text : text.slice(0, text.length - match[0].length);
}

/** A text with the names of the marks and without the marks, as it is copied and spoken. */
export function withoutBoxMarks(text: string): string {
  return text.replace(/<box>[^<]{0,100}<\/box>|<\/?(?:ref|box)>/g, "");
}

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}

function toBoxes(text: string): readonly Box[] {
  const numbers = text.trim().split(/[\s,]+/).map(Number);
  const [x1, y1, x2, y2] = numbers;
  const isWhole = numbers.length === 4 && numbers.every((number) => number >= 0 && number <= BOX_SCALE);
  if (!isWhole || x1 === undefined || x2 === undefined || y1 === undefined || y2 === undefined) return [];
  const box = {
    left: Math.min(x1, x2),
    top: Math.min(y1, y2),
    right: Math.max(x1, x2),
    bottom: Math.max(y1, y2),
  };
  return [box];
}
