import type { JSX } from "preact";
import type { PictureReceipt } from "../../protocol/conversation.ts";
import { type Box, SCALE } from "../answer/box.ts";

interface BoxMarksProps {
  readonly receipt: PictureReceipt;
  readonly boxes: readonly Box[];
}

/** Boxes, for a drawing in the pixels of the picture. */
export function BoxMarks({ receipt: { widthPx, heightPx }, boxes }: BoxMarksProps): JSX.Element {
  return (
    <>
      {boxes.map(({ left, top, right, bottom }) => (
        <rect
          key={`${left} ${top} ${right} ${bottom}`}
          class="box-mark"
          x={left * widthPx / SCALE}
          y={top * heightPx / SCALE}
          width={(right - left) * widthPx / SCALE}
          height={(bottom - top) * heightPx / SCALE}
        />
      ))}
    </>
  );
}
