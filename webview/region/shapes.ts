// Shapes in a picture, in its pixels. Rectangles have whole numbers, so that what is painted over is painted over to
// its last pixel.

import { type Box, BOX_SCALE } from "../../protocol/conversation.ts";
import type { PixelRect } from "../answer/box_view.ts";

/** A picture's size. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export interface PixelPoint {
  readonly x: number;
  readonly y: number;
}

/** Part of a pixel that a pointer is not meant to have reached: screens and pictures differ in scale. */
const TOUCH = 0.02;
/** What floating point may add to a whole number. */
const TOLERANCE = 1e-6;

/** All pixels that lie between two points, within the picture; null when there are none. */
export function rectBetween(a: PixelPoint, b: PixelPoint, { width, height }: PixelSize): PixelRect | null {
  const across = between(a.x, b.x, width);
  const down = between(a.y, b.y, height);
  if (across.length === 0 || down.length === 0) return null;
  return { x: across.start, y: down.start, width: across.length, height: down.length };
}

function between(a: number, b: number, limit: number) {
  const start = clamp(Math.floor(Math.min(a, b) + TOUCH), 0, limit);
  const end = clamp(Math.ceil(Math.max(a, b) - TOUCH), 0, limit);
  return { start, length: Math.max(0, end - start) };
}

/** The whole point of the picture that is nearest. */
export function pointWithin({ x, y }: PixelPoint, { width, height }: PixelSize): PixelPoint {
  return { x: clamp(Math.round(x), 0, width), y: clamp(Math.round(y), 0, height) };
}

/** A rectangle moved as far as the picture goes. */
export function movedRect(rect: PixelRect, by: PixelPoint, size: PixelSize): PixelRect {
  return {
    ...rect,
    x: clamp(rect.x + Math.round(by.x), 0, size.width - rect.width),
    y: clamp(rect.y + Math.round(by.y), 0, size.height - rect.height),
  };
}

/** A rectangle with its lower right corner moved, as far as the picture goes and at least one pixel large. */
export function resizedRect(rect: PixelRect, by: PixelPoint, size: PixelSize): PixelRect {
  return {
    ...rect,
    width: clamp(rect.width + Math.round(by.x), 1, size.width - rect.x),
    height: clamp(rect.height + Math.round(by.y), 1, size.height - rect.y),
  };
}

/** What two rectangles have in common; null when that is nothing. */
export function commonRect(a: PixelRect, b: PixelRect): PixelRect | null {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width <= 0 || height <= 0 ? null : { x, y, width, height };
}

/** Corners, clockwise from the top left. */
export function cornersOf({ x, y, width, height }: PixelRect): readonly PixelPoint[] {
  return [{ x, y }, { x: x + width, y }, { x: x + width, y: y + height }, { x, y: y + height }];
}

/** A rectangle in thousandths of the picture's sides, as little larger as whole thousandths need. */
export function toBox({ x, y, width, height }: PixelRect, size: PixelSize): Box {
  const start = (value: number, length: number): number => Math.floor(value * BOX_SCALE / length + TOLERANCE);
  const end = (value: number, length: number): number => Math.ceil(value * BOX_SCALE / length - TOLERANCE);
  return {
    left: start(x, size.width),
    top: start(y, size.height),
    right: Math.min(BOX_SCALE, end(x + width, size.width)),
    bottom: Math.min(BOX_SCALE, end(y + height, size.height)),
  };
}

/** The pixels that a box covers. */
export function toRect({ left, top, right, bottom }: Box, size: PixelSize): PixelRect {
  const at = (value: number, length: number): number => Math.round(value * length / BOX_SCALE);
  const x = at(left, size.width);
  const y = at(top, size.height);
  return { x, y, width: at(right, size.width) - x, height: at(bottom, size.height) - y };
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
