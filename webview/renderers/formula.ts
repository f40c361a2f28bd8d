// A script of its own: KaTeX, which makes formulas of elements whose styles it sets one by one, as the page's policy
// wants it, and never of HTML.

import katex from "katex";

/**
 * Draws a formula into an element.
 * @throws Error when it is no formula
 */
export type RenderFormula = (tex: string, isDisplay: boolean, into: HTMLElement) => void;

/** Macros that a formula may define and use, and how large it may become, so that no formula can fill the page. */
const LIMITS = { maxExpand: 500, maxSize: 20 };

const renderFormula: RenderFormula = (tex, isDisplay, into) =>
  katex.render(tex, into, {
    ...LIMITS,
    displayMode: isDisplay,
    trust: false,
    strict: false,
    throwOnError: true,
  });

Object.assign(globalThis, { renderFormula });
