// Puts code into its element: coloured chunks of lines, of which only those that change are touched, and the rest that
// has come since as one text that is appended to.

import { patchChildren } from "../patch.ts";
import { sanitise } from "../sanitise.ts";
import { chunksOf } from "./code_chunks.ts";
import { type Highlighter, lengthToColour } from "./highlight.ts";
import type { Island } from "./island.ts";

/** What an element shows. */
export interface PaintedCode {
  readonly text: string;
  readonly language: string;
  readonly colouredLength: number;
  /** HTML of the coloured chunks. */
  readonly chunks: readonly string[];
}

export const emptyCode: PaintedCode = { text: "", language: "", colouredLength: 0, chunks: [] };

/** Brings an element from what it shows to what it should. @returns what it shows then */
export function paintCode(
  element: HTMLElement,
  painted: PaintedCode,
  { text, language, isClosed }: Island & { kind: "code" },
  highlighter: Highlighter,
): PaintedCode {
  const kept = painted.text.slice(0, painted.colouredLength);
  const continues = language === painted.language && text.startsWith(kept);
  const before = continues ? painted.colouredLength : 0;
  let { chunks } = painted;
  let colouredLength = before;
  const wanted = lengthToColour(text, before, isClosed);
  if (wanted !== before || !continues) {
    const html = wanted === 0 ? null : highlighter.colour(text.slice(0, wanted), language.toLowerCase());
    colouredLength = html === null ? 0 : wanted;
    chunks = chunksOf(html ?? "");
    paintChunks(partOf(element, "coloured"), painted.chunks, chunks);
  }
  const plain = document.createDocumentFragment();
  if (colouredLength < text.length) plain.append(text.slice(colouredLength));
  patchChildren(partOf(element, "rest"), plain);
  return { text, language, colouredLength, chunks };
}

function paintChunks(part: HTMLElement, before: readonly string[], after: readonly string[]): void {
  while (part.children.length > after.length) part.lastElementChild?.remove();
  after.forEach((html, index) => {
    const chunk = part.children[index] ?? part.appendChild(document.createElement("span"));
    if (html !== before[index]) patchChildren(chunk, sanitise(html));
  });
}

function partOf(element: HTMLElement, name: string): HTMLElement {
  const found = element.querySelector<HTMLElement>(`:scope > .${name}`);
  if (found !== null) return found;
  // The rest stands behind what is coloured, whichever is made first.
  const parts = ["coloured", "rest"].map((part) =>
    Object.assign(document.createElement("span"), { className: part })
  );
  element.append(...parts);
  return parts.find(({ className }) => className === name) as HTMLElement;
}
