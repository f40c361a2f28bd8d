import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { PixelRect } from "../../answer/box_view.ts";
import { keyAct } from "../../region/keys.ts";
import { inMiddle, type MarkChange, type Marking, selectedMark, type Shape } from "../../region/marks.ts";
import { type Pull, pulledShape } from "../../region/pulling.ts";
import { commonRect, type PixelPoint } from "../../region/shapes.ts";
import { usePanel } from "../panel_context.ts";
import { MarkShapes } from "./mark_shapes.tsx";
import type { Tool } from "./tool_choice.tsx";

interface DrawingProps {
  readonly marking: Marking;
  readonly change: (change: MarkChange) => void;
  readonly source: string;
  readonly label: string;
  readonly tool: Tool;
  /** Whether one pixel of the picture is one of the screen; else the whole picture is seen. */
  readonly isFullSize: boolean;
}

/** The picture with its marks, to draw on by pointer and by keys. */
export function Drawing({ marking, change, source, label, tool, isFullSize }: DrawingProps): JSX.Element {
  const { t } = usePanel();
  const { size } = marking;
  const area = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const [pull, setPull] = useState<Pull | null>(null);
  const [draft, setDraft] = useState<Shape | null>(null);

  const toPicture = (x: number, y: number): PixelPoint => {
    const matrix = svg.current?.getScreenCTM()?.inverse();
    const point = new DOMPoint(x, y).matrixTransform(matrix);
    return { x: point.x, y: point.y };
  };
  const at = ({ clientX, clientY }: PointerEvent): PixelPoint => toPicture(clientX, clientY);
  const end = (): void => {
    setPull(null);
    setDraft(null);
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    area.current?.focus();
    const begun = begin(event.target as Element, at(event));
    if (begun === null) return;
    svg.current?.setPointerCapture(event.pointerId);
    setPull(begun);
  };
  const begin = (target: Element, from: PixelPoint): Pull | null => {
    const grip = target.closest("[data-grip]")?.getAttribute("data-grip");
    const selected = selectedMark(marking);
    if (grip && selected !== undefined) return { kind: "grip", shape: selected, grip: Number(grip) };
    if (tool !== "select") return { kind: "draw", shape: tool, from };
    const id = Number(target.closest("[data-mark]")?.getAttribute("data-mark"));
    const taken = marking.marks.find((mark) => mark.id === id);
    change({ kind: "select", id: taken?.id ?? null });
    return taken === undefined ? null : { kind: "move", shape: taken, from };
  };
  const release = (event: PointerEvent): void => {
    if (pull === null) return;
    const shape = pulledShape(pull, at(event), size);
    end();
    if (shape === null || (pull.kind !== "draw" && draft === null)) return;
    change({ kind: pull.kind === "draw" ? "draw" : "reshape", shape });
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && pull !== null) {
      event.preventDefault();
      return end();
    }
    const act = keyAct(event, Math.max(1, Math.round(1 / (svg.current?.getScreenCTM()?.a ?? 1))));
    if (act === null) return;
    // Nor does VS Code get to see it, in which the same keys do other things.
    event.preventDefault();
    event.stopPropagation();
    if (act.kind !== "put") return change(act);
    if (tool === "select") return change({ kind: "select-next" });
    const shape = inMiddle(tool, visible(), size);
    if (shape !== null) change({ kind: "draw", shape });
  };
  const visible = (): PixelRect => {
    const whole = { x: 0, y: 0, ...size };
    const bounds = area.current?.getBoundingClientRect();
    if (bounds === undefined) return whole;
    const [start, end] = [toPicture(bounds.left, bounds.top), toPicture(bounds.right, bounds.bottom)];
    return commonRect(whole, { ...start, width: end.x - start.x, height: end.y - start.y }) ?? whole;
  };
  const zoomed = isFullSize
    ? { width: size.width / devicePixelRatio, height: size.height / devicePixelRatio }
    : {};
  const shown = withDraft(marking, pull, draft);
  return (
    <div
      ref={area}
      class={isFullSize ? "drawing full-size" : "drawing"}
      role="application"
      aria-label={label}
      aria-description={t(
        "Enter puts a mark, arrows move it, Ctrl or Alt with arrows changes its size, Shift makes larger steps, Delete removes it.",
      )}
      tabIndex={0}
      onKeyDown={keyDown}
    >
      <svg
        ref={svg}
        {...zoomed}
        class={`tool-${tool}`}
        viewBox={`0 0 ${size.width} ${size.height}`}
        onPointerDown={press}
        onPointerMove={(event) => pull !== null && setDraft(pulledShape(pull, at(event), size))}
        onPointerUp={release}
        onPointerCancel={end}
      >
        <image href={source} width={size.width} height={size.height} preserveAspectRatio="none" />
        <MarkShapes
          marks={shown.marks}
          selected={selectedMark(shown)}
          size={size}
          canTake={tool === "select"}
        />
      </svg>
    </div>
  );
}

/** The marks with the one that the pointer is at work on. */
function withDraft(marking: Marking, pull: Pull | null, draft: Shape | null): Marking {
  if (pull === null || draft === null) return marking;
  const { marks, selectedId, nextId } = marking;
  if (pull.kind === "draw") {
    return { ...marking, marks: [...marks, { ...draft, id: nextId }], selectedId: null };
  }
  return {
    ...marking,
    marks: marks.map((mark) => mark.id === selectedId ? { ...draft, id: mark.id } : mark),
  };
}
