// What is special in the text of answers about pictures: names of places in files, boxes in pictures, and moments of
// recordings.

import type { MarkdownIt, StateCore, StateInline, Token } from "markdown-it";
import { readBoxMark } from "./box.ts";
import type { Island } from "./island.ts";
import { islandToken, pushIsland } from "./island_rules.ts";
import { findMoments } from "./moment.ts";
import { findPlaces } from "./place.ts";

/** Teaches a parser to read marks, which become islands. */
export function readMarks(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("autolink", "boxes", boxMark);
  markdown.core.ruler.push("places", markAll(findPlaceMarks));
  markdown.core.ruler.push("moments", markAll(findMomentMarks));
}

/** A piece of a text, and the island that it becomes; null for what stays text. */
interface Mark {
  readonly text: string;
  readonly island: Island | null;
}

type FindMarks = (text: string, isCode: boolean) => readonly Mark[];

function findPlaceMarks(text: string, isCode: boolean): readonly Mark[] {
  return findPlaces(text).map(({ text, place }) => ({
    text,
    island: place === null ? null : { kind: "place", place, text, isCode },
  }));
}

function findMomentMarks(text: string, isCode: boolean): readonly Mark[] {
  return findMoments(text).map(({ text, timeS }) => ({
    text,
    island: timeS === null ? null : { kind: "moment", timeS, text, isCode },
  }));
}

function boxMark(state: StateInline, isSilent: boolean): boolean {
  if (state.src[state.pos] !== "<") return false;
  const mark = readBoxMark(state.src, state.pos);
  if (mark === null || mark.end > state.posMax) return false;
  if (!isSilent) {
    const { label, boxes } = mark;
    if (boxes.length > 0) pushIsland(state, { kind: "boxes", label, boxes });
    else state.pending += label;
  }
  state.pos = mark.end;
  return true;
}

function markAll(find: FindMarks): (state: StateCore) => void {
  return (state) => {
    for (const token of state.tokens) {
      if (token.type !== "inline" || token.children === null) continue;
      let linkDepth = 0;
      token.children = token.children.flatMap((child) => {
        if (child.type === "link_open") linkDepth++;
        if (child.type === "link_close") linkDepth--;
        return linkDepth > 0 ? [child] : withMarks(child, state, find);
      });
    }
  };
}

function withMarks(token: Token, state: StateCore, find: FindMarks): readonly Token[] {
  const isCode = token.type === "code_inline";
  if (!isCode && token.type !== "text") return [token];
  const marks = find(token.content, isCode);
  // Code is one piece on the screen; only as a whole can it be a link.
  if (marks.every(({ island }) => island === null) || (isCode && marks.length > 1)) return [token];
  return marks.map(({ text, island }) => {
    const piece = island === null ? new state.Token("text", "", 0) : islandToken(state, "inline", island);
    piece.content = text;
    piece.level = token.level;
    return piece;
  });
}
