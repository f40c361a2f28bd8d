// Marks in words, for those who hear what others see.

import type { PixelRect } from "../answer/box_view.ts";
import type { Translate } from "../texts.ts";
import type { Mark, MarkChange, Marking, Shape } from "./marks.ts";
import { selectedMark } from "./marks.ts";

/** "120,40–600,210". */
export function rectText({ x, y, width, height }: PixelRect): string {
  return `${x},${y}–${x + width},${y + height}`;
}

/** "Box from 120, 40 to 600, 210". */
export function shapeText(shape: Shape, t: Translate): string {
  const { kind } = shape;
  if (kind === "arrow") {
    const { from, to } = shape;
    return t("Arrow from {0}, {1} to {2}, {3}", from.x, from.y, to.x, to.y);
  }
  const { x, y, width, height } = shape.rect;
  const corners = [x, y, x + width, y + height] as const;
  switch (kind) {
    case "ask":
      return t("Part to ask about from {0}, {1} to {2}, {3}", ...corners);
    case "box":
      return t("Box from {0}, {1} to {2}, {3}", ...corners);
    case "crop":
      return t("Crop from {0}, {1} to {2}, {3}", ...corners);
    case "redact":
      return t("Redaction from {0}, {1} to {2}, {3}", ...corners);
    default: {
      const unknown: never = kind;
      throw new TypeError(`unknown area: ${String(unknown)}`);
    }
  }
}

/** What a change did; "" when it did nothing. */
export function changeText(change: MarkChange, before: Marking, after: Marking, t: Translate): string {
  if (before === after) return "";
  const selected: Mark | undefined = selectedMark(after);
  switch (change.kind) {
    case "undo":
      return t("Undone. Marks: {0}.", after.marks.length);
    case "redo":
      return t("Done again. Marks: {0}.", after.marks.length);
    case "reset":
      return t("All marks removed.");
    case "remove":
      return t("Mark removed.");
    default:
      return selected === undefined ? "" : shapeText(selected, t);
  }
}
