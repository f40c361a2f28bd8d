// What is drawn on a picture before it is changed: marks with undo and redo. Nothing here knows the DOM.

import type { PixelRect } from "../answer/box_view.ts";
import {
  clamp,
  commonRect,
  cornersOf,
  movedRect,
  type PixelPoint,
  type PixelSize,
  pointWithin,
  rectBetween,
  resizedRect,
} from "./shapes.ts";

/** What a mark is for: cut off all around, frame, paint over, ask about. */
export const AREAS = ["crop", "box", "redact", "ask"] as const;
export type Area = (typeof AREAS)[number];

export type Shape =
  | { readonly kind: Area; readonly rect: PixelRect }
  | { readonly kind: "arrow"; readonly from: PixelPoint; readonly to: PixelPoint };

/** A shape in the picture. */
export type Mark = Shape & { readonly id: number };

/** The marks of a picture, in the order in which they are drawn. */
export interface Marking {
  readonly size: PixelSize;
  readonly marks: readonly Mark[];
  readonly selectedId: number | null;
  readonly past: readonly (readonly Mark[])[];
  readonly future: readonly (readonly Mark[])[];
  /** What the last change did; small steps of one kind are undone at once. */
  readonly lastStep: string;
  readonly nextId: number;
}

export type MarkChange =
  | { readonly kind: "draw"; readonly shape: Shape }
  | { readonly kind: "select"; readonly id: number | null }
  /** Selects the mark after the selected one. */
  | { readonly kind: "select-next" }
  | { readonly kind: "move"; readonly by: PixelPoint }
  /** Moves the lower right corner, or the arrow's tip. */
  | { readonly kind: "resize"; readonly by: PixelPoint }
  /** Gives the selected mark another shape of its kind. */
  | { readonly kind: "reshape"; readonly shape: Shape }
  | { readonly kind: "remove" | "undo" | "redo" | "reset" };

/** A picture without marks. */
export function unmarked(size: PixelSize): Marking {
  return { size, marks: [], selectedId: null, past: [], future: [], lastStep: "", nextId: 1 };
}

/** The marking after a change. */
export function mark(marking: Marking, change: MarkChange): Marking {
  const { marks, size, past, future, nextId } = marking;
  const selected = selectedMark(marking);
  switch (change.kind) {
    case "draw":
      return {
        ...changed(marking, [...withoutOnly(marks, change.shape), { ...change.shape, id: nextId }]),
        selectedId: nextId,
        nextId: nextId + 1,
      };
    case "select":
      return { ...marking, selectedId: change.id, lastStep: "" };
    case "select-next": {
      const place = marks.findIndex(({ id }) => id === marking.selectedId);
      return { ...marking, selectedId: marks[(place + 1) % marks.length]?.id ?? null, lastStep: "" };
    }
    case "move":
      return selected === undefined
        ? marking
        : reshaped(marking, selected, moved(selected, change.by, size), `move ${selected.id}`);
    case "resize":
      return selected === undefined
        ? marking
        : reshaped(marking, selected, resized(selected, change.by, size), `resize ${selected.id}`);
    case "reshape":
      return selected === undefined ? marking : reshaped(marking, selected, change.shape, "");
    case "remove":
      return selected === undefined ? marking : {
        ...changed(marking, marks.filter((mark) => mark !== selected)),
        selectedId: null,
      };
    case "undo": {
      const before = past.at(-1);
      return before === undefined ? marking : withSelection({
        ...marking,
        marks: before,
        past: past.slice(0, -1),
        future: [marks, ...future],
      });
    }
    case "redo": {
      const [after, ...rest] = future;
      return after === undefined
        ? marking
        : withSelection({ ...marking, marks: after, past: [...past, marks], future: rest });
    }
    case "reset":
      return marks.length === 0 ? marking : { ...changed(marking, []), selectedId: null };
    default: {
      const unknown: never = change;
      throw new TypeError(`unknown change: ${JSON.stringify(unknown)}`);
    }
  }
}

/** The mark that keys and buttons act on. */
export function selectedMark({ marks, selectedId }: Marking): Mark | undefined {
  return marks.find(({ id }) => id === selectedId);
}

/** The shape that a drag from one point to another draws; null when it has no extent. */
export function drawn(
  kind: Shape["kind"],
  from: PixelPoint,
  to: PixelPoint,
  size: PixelSize,
): Shape | null {
  if (kind !== "arrow") {
    const rect = rectBetween(from, to, size);
    return rect === null ? null : { kind, rect };
  }
  const [tail, tip] = [pointWithin(from, size), pointWithin(to, size)];
  return tail.x === tip.x && tail.y === tip.y ? null : { kind, from: tail, to: tip };
}

/** A shape in the middle of the visible part, for those who draw by keys. */
export function inMiddle(kind: Shape["kind"], visible: PixelRect, size: PixelSize): Shape | null {
  const at = (share: number): PixelPoint => ({
    x: Math.round(visible.x + visible.width * share),
    y: Math.round(visible.y + visible.height * share),
  });
  return drawn(kind, at(3 / 8), at(5 / 8), size);
}

/** Points by which a shape can be pulled. */
export function gripsOf(shape: Shape): readonly PixelPoint[] {
  return shape.kind === "arrow" ? [shape.from, shape.to] : cornersOf(shape.rect);
}

/** A shape with one of its grips pulled to a point; null when nothing would be left of it. */
export function pulled(shape: Shape, grip: number, to: PixelPoint, size: PixelSize): Shape | null {
  if (shape.kind === "arrow") {
    return grip === 0 ? drawn("arrow", to, shape.to, size) : drawn("arrow", shape.from, to, size);
  }
  const opposite = cornersOf(shape.rect)[(grip + 2) % 4];
  return opposite === undefined ? null : drawn(shape.kind, opposite, to, size);
}

/** A shape moved as far as the picture goes. */
export function moved<T extends Shape>(shape: T, by: PixelPoint, size: PixelSize): T {
  if (shape.kind !== "arrow") return { ...shape, rect: movedRect(shape.rect, by, size) };
  const { from, to } = shape;
  const x = clamp(Math.round(by.x), -Math.min(from.x, to.x), size.width - Math.max(from.x, to.x));
  const y = clamp(Math.round(by.y), -Math.min(from.y, to.y), size.height - Math.max(from.y, to.y));
  return { ...shape, from: { x: from.x + x, y: from.y + y }, to: { x: to.x + x, y: to.y + y } };
}

/** The part of the picture that stays. */
export function keptRect({ marks, size }: Marking): PixelRect {
  return areaOf(marks, "crop") ?? { x: 0, y: 0, ...size };
}

/** Whether applying would change the picture. */
export function isEdited({ marks }: Marking): boolean {
  return marks.some(({ kind }) => kind !== "ask");
}

/** The part that is asked about, in pixels of the picture that stays; null when there is none in it. */
export function askedRect(marking: Marking): PixelRect | null {
  const asked = areaOf(marking.marks, "ask");
  const kept = keptRect(marking);
  const seen = asked === null ? null : commonRect(asked, kept);
  return seen === null ? null : { ...seen, x: seen.x - kept.x, y: seen.y - kept.y };
}

function areaOf(marks: readonly Mark[], kind: Area): PixelRect | null {
  for (const mark of marks) if (mark.kind !== "arrow" && mark.kind === kind) return mark.rect;
  return null;
}

function resized(shape: Shape, by: PixelPoint, size: PixelSize): Shape {
  if (shape.kind !== "arrow") return { ...shape, rect: resizedRect(shape.rect, by, size) };
  const to = { x: shape.to.x + by.x, y: shape.to.y + by.y };
  return drawn("arrow", shape.from, to, size) ?? shape;
}

function reshaped(marking: Marking, mark: Mark, shape: Shape, step: string): Marking {
  const marks = marking.marks.map((other) => other === mark ? { ...shape, id: mark.id } : other);
  const isSameStep = step !== "" && step === marking.lastStep;
  return isSameStep ? { ...marking, marks } : { ...changed(marking, marks), lastStep: step };
}

function changed(marking: Marking, marks: readonly Mark[]): Marking {
  return { ...marking, marks, past: [...marking.past, marking.marks], future: [], lastStep: "" };
}

/** There is one part to keep and one to ask about: another takes its place. */
function withoutOnly(marks: readonly Mark[], { kind }: Shape): readonly Mark[] {
  return kind === "crop" || kind === "ask" ? marks.filter((mark) => mark.kind !== kind) : marks;
}

function withSelection(marking: Marking): Marking {
  return { ...marking, selectedId: selectedMark(marking)?.id ?? null, lastStep: "" };
}
