import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PictureReceipt } from "../../protocol/conversation.ts";
import type { PanelPicture } from "../../protocol/panel.ts";
import type { Box } from "../answer/box.ts";
import { useBoard } from "../board.ts";
import { receiptSentence } from "../receipt.ts";
import { BoxMarks } from "./box_marks.tsx";
import { Icon } from "./icon.tsx";
import { usePanel } from "./panel_context.ts";

/** Pictures above this are not drawn: the browser would have to unpack them all. */
const MAX_SHOWN_PIXELS = 100_000_000;

interface PictureProps {
  readonly picture: PanelPicture;
  /** Place among the pictures of its question, from 1. */
  readonly position: number;
  readonly count: number;
  /** The part of it that its question is about. */
  readonly asked?: Box | undefined;
}

/** A picture small; pressing it opens it in full size, pointing at it shows the slices the model sees. */
export function Picture({ picture, position, count, asked }: PictureProps): JSX.Element {
  const { post, t, pointedBoxes } = usePanel();
  const pointed = useBoard(pointedBoxes, picture.id) ?? [];
  const boxes = asked === undefined ? pointed : [asked, ...pointed];
  // The size is known before the pixels are unpacked, which happens only when the picture is drawn.
  const [isShown, setShown] = useState(false);
  const { receipt, name } = picture;
  const label = [
    t("picture {0} of {1}", position, count),
    name,
    receipt === null ? t("not read yet") : receiptSentence(receipt, t),
  ].join(", ");
  return (
    <button
      type="button"
      class="picture"
      aria-label={label}
      title={t("Open {0}", name)}
      onClick={() => post({ kind: "open-picture", id: picture.id })}
    >
      {!isShown && <Icon name="picture" />}
      <img
        src={picture.source}
        alt=""
        hidden={!isShown}
        draggable={false}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          setShown(naturalWidth * naturalHeight <= MAX_SHOWN_PIXELS)}
        onError={() => setShown(false)}
      />
      {isShown && receipt !== null && <SliceGrid receipt={receipt} />}
      {isShown && receipt !== null && boxes.length > 0 && (
        <svg class="box-marks" viewBox={`0 0 ${receipt.widthPx} ${receipt.heightPx}`} aria-hidden="true">
          <BoxMarks receipt={receipt} boxes={boxes} />
        </svg>
      )}
    </button>
  );
}

/** The cuts between slices, lying exactly on a picture that is fitted into the same box. */
function SliceGrid({ receipt: { grid, widthPx, heightPx } }: { readonly receipt: PictureReceipt }) {
  if (grid === null) return null;
  const cuts = (count: number, length: number): readonly number[] =>
    Array.from({ length: count - 1 }, (_, index) => length * (index + 1) / count);
  return (
    <svg class="slice-grid" viewBox={`0 0 ${widthPx} ${heightPx}`} aria-hidden="true">
      {cuts(grid.columns, widthPx).map((x) => <line key={`x${x}`} x1={x} x2={x} y1={0} y2={heightPx} />)}
      {cuts(grid.rows, heightPx).map((y) => <line key={`y${y}`} x1={0} x2={widthPx} y1={y} y2={y} />)}
    </svg>
  );
}
