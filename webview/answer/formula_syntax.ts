// Mathematics in Markdown: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, within a line and as blocks of their own.

import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";
import { pushIsland } from "./island_rules.ts";

/** Longer ones are shown as they were written. */
export const MAX_TEX_CHARACTERS = 5_000;

interface Marks {
  readonly open: string;
  readonly close: string;
  readonly isDisplay: boolean;
}

const MARKS: readonly Marks[] = [
  { open: "$$", close: "$$", isDisplay: true },
  { open: "\\[", close: "\\]", isDisplay: true },
  { open: "\\(", close: "\\)", isDisplay: false },
  { open: "$", close: "$", isDisplay: false },
];

/** Teaches a parser to read formulas, which become islands. */
export function readFormulas(markdown: MarkdownIt): void {
  // Before the rule that would read `\(` as an escaped bracket.
  markdown.inline.ruler.before("escape", "formula", inlineFormula);
  markdown.block.ruler.before("fence", "formula_block", blockFormula, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
}

function inlineFormula(state: StateInline, isSilent: boolean): boolean {
  const marks = MARKS.find(({ open }) => state.src.startsWith(open, state.pos));
  if (marks === undefined) return false;
  const { open, close, isDisplay } = marks;
  const start = state.pos + open.length;
  const end = endOfFormula(state.src, start, close);
  const tex = state.src.slice(start, end);
  if (end < 0 || end + close.length > state.posMax || !isFormula(tex)) return false;
  // "$5 and $6" are prices.
  if (open === "$" && (/^\s|\s$/.test(tex) || /\d/.test(state.src[end + 1] ?? ""))) return false;
  if (!isSilent) {
    pushIsland(state, { kind: "formula", tex, isDisplay, source: `${open}${tex}${close}` });
  }
  state.pos = end + close.length;
  return true;
}

function blockFormula(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  const lineOf = (line: number): string =>
    state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const first = lineOf(startLine);
  const marks = MARKS.find(({ open, isDisplay }) => isDisplay && first.startsWith(open));
  if (marks === undefined) return false;
  const { open, close } = marks;
  const lines = [first.slice(open.length)];
  let line = startLine;
  while (!lines.at(-1)?.trimEnd().endsWith(close)) {
    line++;
    if (line >= endLine || (state.sCount[line] ?? 0) < state.blkIndent) return false;
    lines.push(lineOf(line));
  }
  const tex = lines.join("\n").trimEnd().slice(0, -close.length);
  if (!isFormula(tex) || tex.includes(close)) return false;
  if (isSilent) return true;
  const token = pushIsland(state, { kind: "formula", tex, isDisplay: true, source: `${open}${tex}${close}` });
  token.map = [startLine, line + 1];
  state.line = line + 1;
  return true;
}

function endOfFormula(text: string, start: number, close: string): number {
  for (let end = text.indexOf(close, start); end >= 0; end = text.indexOf(close, end + 1)) {
    if (text[end - 1] !== "\\") return end;
  }
  return -1;
}

function isFormula(tex: string): boolean {
  return tex.trim() !== "" && tex.length <= MAX_TEX_CHARACTERS;
}
