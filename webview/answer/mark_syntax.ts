// What is special in the text of answers about pictures: names of places in files, and boxes in pictures.

import type { MarkdownIt, StateCore, StateInline, Token } from "markdown-it";
import { readBoxMark } from "./box.ts";
import { islandToken, pushIsland } from "./island_rules.ts";
import { findPlaces } from "./place.ts";

/** Teaches a parser to read marks, which become islands. */
export function readMarks(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("autolink", "boxes", boxMark);
  markdown.core.ruler.push("places", markPlaces);
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

function markPlaces(state: StateCore): void {
  for (const token of state.tokens) {
    if (token.type !== "inline" || token.children === null) continue;
    let linkDepth = 0;
    token.children = token.children.flatMap((child) => {
      if (child.type === "link_open") linkDepth++;
      if (child.type === "link_close") linkDepth--;
      return linkDepth > 0 ? [child] : withPlaces(child, state);
    });
  }
}

function withPlaces(token: Token, state: StateCore): readonly Token[] {
  const isCode = token.type === "code_inline";
  if (!isCode && token.type !== "text") return [token];
  const pieces = findPlaces(token.content);
  // Code is one piece on the screen; only as a whole can it be a link.
  if (pieces.every(({ place }) => place === null) || (isCode && pieces.length > 1)) return [token];
  return pieces.map(({ text, place }) => {
    const piece = place === null
      ? new state.Token("text", "", 0)
      : islandToken(state, "inline", { kind: "place", place, text, isCode });
    piece.content = text;
    piece.level = token.level;
    return piece;
  });
}
