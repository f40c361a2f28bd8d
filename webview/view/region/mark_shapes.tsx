import type { JSX } from "preact";
import { headOf, lineWidthOf } from "../../region/compose.ts";
import { gripsOf, type Mark, type Shape } from "../../region/marks.ts";
import type { PixelSize } from "../../region/shapes.ts";

interface MarkShapesProps {
  readonly marks: readonly Mark[];
  readonly selected: Mark | undefined;
  readonly size: PixelSize;
  /** Whether pressing a mark takes hold of it. */
  readonly canTake: boolean;
}

/** Marks as they will be in the picture, with the grips of the selected one. */
export function MarkShapes({ marks, selected, size, canTake }: MarkShapesProps): JSX.Element {
  return (
    <g class={canTake ? "marks can-take" : "marks"}>
      {marks.map((mark) => (
        <g key={mark.id} class={mark === selected ? "mark selected" : "mark"} data-mark={mark.id}>
          <ShapeLines shape={mark} size={size} />
        </g>
      ))}
      {selected !== undefined &&
        gripsOf(selected).map(({ x, y }, index) => (
          <g key={index} class="grip" data-grip={index}>
            {/* A line without length has ends of the same size however near one is. */}
            <path class="grip-edge" d={`M${x} ${y}h0.001`} />
            <path class="grip-face" d={`M${x} ${y}h0.001`} />
          </g>
        ))}
    </g>
  );
}

function ShapeLines({ shape, size }: { readonly shape: Shape; readonly size: PixelSize }): JSX.Element {
  const width = lineWidthOf(size);
  if (shape.kind === "arrow") {
    const { from, to } = shape;
    const head = headOf(from, to, size).map(({ x, y }) => `${x} ${y}`).join("L");
    return <Doubled path={`M${from.x} ${from.y}L${to.x} ${to.y}M${head}`} width={width} />;
  }
  const { kind, rect: { x, y, width: across, height: down } } = shape;
  const path = `M${x} ${y}h${across}v${down}h${-across}z`;
  switch (kind) {
    case "box":
      return <Doubled path={path} width={width} />;
    case "redact":
      return <path class="redaction" d={path} />;
    case "crop":
      return (
        <>
          <path
            class="cut-off"
            fill-rule="evenodd"
            d={`M0 0h${size.width}v${size.height}h${-size.width}z${path}`}
          />
          <path class="outline-edge" d={path} />
          <path class="outline" d={path} />
        </>
      );
    case "ask":
      return (
        <>
          <path class="outline-edge" d={path} />
          <path class="outline dashed" d={path} />
        </>
      );
    default: {
      const unknown: never = kind;
      throw new TypeError(`unknown area: ${String(unknown)}`);
    }
  }
}

function Doubled({ path, width }: { readonly path: string; readonly width: number }): JSX.Element {
  return (
    <>
      <path class="line-edge" d={path} stroke-width={2 * width} />
      <path class="line" d={path} stroke-width={width} />
    </>
  );
}
