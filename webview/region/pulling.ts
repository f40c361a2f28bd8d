// A pointer that draws, moves or pulls at a mark, from its press to its release. Knows no DOM.

import { drawn, moved, pulled, type Shape } from "./marks.ts";
import type { PixelPoint, PixelSize } from "./shapes.ts";

/** What the pointer is doing. */
export type Pull =
  | { readonly kind: "draw"; readonly shape: Shape["kind"]; readonly from: PixelPoint }
  | { readonly kind: "move"; readonly shape: Shape; readonly from: PixelPoint }
  | { readonly kind: "grip"; readonly shape: Shape; readonly grip: number };

/** The shape while the pointer is at a point; null when it has no extent. */
export function pulledShape(pull: Pull, to: PixelPoint, size: PixelSize): Shape | null {
  switch (pull.kind) {
    case "draw":
      return drawn(pull.shape, pull.from, to, size);
    case "move":
      return moved(pull.shape, { x: to.x - pull.from.x, y: to.y - pull.from.y }, size);
    case "grip":
      return pulled(pull.shape, pull.grip, to, size);
    default: {
      const unknown: never = pull;
      throw new TypeError(`unknown pull: ${JSON.stringify(unknown)}`);
    }
  }
}
