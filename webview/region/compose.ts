// Draws the marks onto the pixels of a picture, in its full resolution. What is painted over or cut off is gone from
// the result, and so is whatever the file said beside its pixels.

import type { PixelRect } from "../answer/box_view.ts";
import { keptRect, type Marking, type Shape } from "./marks.ts";
import { type PixelPoint, type PixelSize } from "./shapes.ts";

/** Longest side that browsers draw on. */
export const MAX_SIDE_PX = 16_384;

/** Colours as CSS writes them. */
export interface MarkColours {
  readonly line: string;
  /** Around the line, so that it stands out on any picture. */
  readonly edge: string;
  readonly redaction: string;
}

/** The marked picture as a PNG file; null where the browser cannot make it. */
export async function compose(
  image: CanvasImageSource,
  marking: Marking,
  colours: MarkColours,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { x, y, width, height } = keptRect(marking);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  // In memory and not on the graphics card, whose pixels come back rounded.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.imageSmoothingEnabled = false;
  context.translate(-x, -y);
  context.drawImage(image, 0, 0, marking.size.width, marking.size.height);
  for (const shape of marking.marks) draw(context, shape, marking.size, colours);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  return blob === null ? null : new Uint8Array(await blob.arrayBuffer());
}

/** Width of lines in a picture: seen when the picture is shown small, and not in the way when it is large. */
export function lineWidthOf({ width, height }: PixelSize): number {
  return Math.max(2, Math.round(Math.max(width, height) / 200));
}

/** The lines of an arrow's head: from one side over the tip to the other. */
export function headOf(from: PixelPoint, to: PixelPoint, size: PixelSize): readonly PixelPoint[] {
  const length = Math.min(6 * lineWidthOf(size), Math.hypot(to.x - from.x, to.y - from.y));
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const side = (turn: number): PixelPoint => ({
    x: to.x - length * Math.cos(angle + turn),
    y: to.y - length * Math.sin(angle + turn),
  });
  return [side(Math.PI / 7), to, side(-Math.PI / 7)];
}

function draw(
  context: CanvasRenderingContext2D,
  shape: Shape,
  size: PixelSize,
  { line, edge, redaction }: MarkColours,
): void {
  switch (shape.kind) {
    case "redact":
      context.fillStyle = redaction;
      return fill(context, shape.rect);
    case "box":
      return stroke(context, boxPath(shape.rect), size, line, edge);
    case "arrow":
      return stroke(context, arrowPath(shape.from, shape.to, size), size, line, edge);
    case "crop":
    case "ask":
      return;
    default: {
      const unknown: never = shape;
      throw new TypeError(`unknown shape: ${JSON.stringify(unknown)}`);
    }
  }
}

function fill(context: CanvasRenderingContext2D, { x, y, width, height }: PixelRect): void {
  context.fillRect(x, y, width, height);
}

function stroke(
  context: CanvasRenderingContext2D,
  path: Path2D,
  size: PixelSize,
  line: string,
  edge: string,
): void {
  const width = lineWidthOf(size);
  Object.assign(context, { lineCap: "round", lineJoin: "round" });
  Object.assign(context, { strokeStyle: edge, lineWidth: 2 * width });
  context.stroke(path);
  Object.assign(context, { strokeStyle: line, lineWidth: width });
  context.stroke(path);
}

function boxPath({ x, y, width, height }: PixelRect): Path2D {
  const path = new Path2D();
  path.rect(x, y, width, height);
  return path;
}

function arrowPath(from: PixelPoint, to: PixelPoint, size: PixelSize): Path2D {
  const path = new Path2D();
  path.moveTo(from.x, from.y);
  path.lineTo(to.x, to.y);
  headOf(from, to, size).forEach(({ x, y }, index) => index === 0 ? path.moveTo(x, y) : path.lineTo(x, y));
  return path;
}
