import type { MarkChange } from "./marks.ts";
import type { PixelPoint } from "./shapes.ts";

/** What was pressed. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** A press of Shift makes steps this many times as long. */
const LONG_STEP = 10;

const DIRECTIONS: Readonly<Record<string, PixelPoint>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * What a key does in a drawing: arrows move the selected mark, and change its size together with Ctrl, Cmd or Alt;
 * Enter and space put a new mark.
 * @param stepPx pixels of the picture that one step is long
 * @returns null when it does nothing
 */
export function keyAct(press: KeyPress, stepPx: number): MarkChange | { readonly kind: "put" } | null {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = press;
  const isCommand = ctrlKey || metaKey;
  const direction = DIRECTIONS[key];
  if (direction !== undefined) {
    const step = stepPx * (shiftKey ? LONG_STEP : 1);
    const by = { x: direction.x * step, y: direction.y * step };
    return { kind: isCommand || altKey ? "resize" : "move", by };
  }
  if (isCommand) {
    const letter = key.toLowerCase();
    if (letter === "y" || (letter === "z" && shiftKey)) return { kind: "redo" };
    return letter === "z" ? { kind: "undo" } : null;
  }
  if (key === "Delete" || key === "Backspace") return { kind: "remove" };
  return key === "Enter" || key === " " ? { kind: "put" } : null;
}
