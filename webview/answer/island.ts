// The parts of an answer that can do something. Markdown becomes HTML with an empty element for each of them, and the
// page draws them there by components of its own, so that nothing of a model's text has to pass for a button.

import type { Box } from "./box.ts";

/** A part of an answer that is drawn by a component. */
export type Island =
  | {
    readonly kind: "code";
    readonly language: string;
    readonly text: string;
    /** Whether its end has come. */
    readonly isClosed: boolean;
  }
  | { readonly kind: "formula"; readonly tex: string; readonly isDisplay: boolean; readonly source: string }
  /** The bar of the table that follows. */
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "place"; readonly place: Place; readonly text: string; readonly isCode: boolean }
  | { readonly kind: "moment"; readonly timeS: number; readonly text: string; readonly isCode: boolean }
  | { readonly kind: "boxes"; readonly label: string; readonly boxes: readonly Box[] };

/** A line of a file, as a text names it; nobody has looked yet whether it exists. */
export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1; null for the whole line. */
  readonly column: number | null;
}

/** Class of the elements that islands are drawn in, in the order of the islands. */
export const ISLAND_CLASS = "island";
