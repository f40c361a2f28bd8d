// Puts code into its element: a coloured part, and the rest that has come since as one text that is appended to.

import { patchChildren } from "../patch.ts";
import { sanitise } from "../sanitise.ts";
import { type Highlighter, lengthToColour } from "./highlight.ts";
import type { Island } from "./island.ts";

/** What an element shows. */
export interface PaintedCode {
  readonly text: string;
  readonly language: string;
  readonly colouredLength: number;
}

export const emptyCode: PaintedCode = { text: "", language: "", colouredLength: 0 };

/** Brings an element from what it shows to what it should. @returns what it shows then */
export function paintCode(
  element: HTMLElement,
  painted: PaintedCode,
  { text, language, isClosed }: Island & { kind: "code" },
  highlighter: Highlighter,
): PaintedCode {
  const continues = language === painted.language &&
    text.startsWith(painted.text.slice(0, painted.colouredLength));
  const before = continues ? painted.colouredLength : 0;
  const wanted = lengthToColour(text, before, isClosed);
  const coloured = partOf(element, "coloured");
  let colouredLength = before;
  if (wanted !== before || !continues) {
    const html = wanted === 0 ? "" : highlighter.colour(text.slice(0, wanted), language.toLowerCase());
    colouredLength = html === null ? 0 : wanted;
    patchChildren(coloured, sanitise(html ?? ""));
  }
  const rest = partOf(element, "rest");
  const plain = document.createDocumentFragment();
  if (colouredLength < text.length) plain.append(text.slice(colouredLength));
  patchChildren(rest, plain);
  return { text, language, colouredLength };
}

function partOf(element: HTMLElement, name: string): HTMLElement {
  const found = element.querySelector<HTMLElement>(`:scope > .${name}`);
  if (found !== null) return found;
  const part = document.createElement("span");
  part.className = name;
  element.append(part);
  return part;
}
