import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PanelPicture } from "../../protocol/panel.ts";
import { viewOf } from "../answer/box_view.ts";
import type { Box } from "../answer/box.ts";
import { BoxMarks } from "./box_marks.tsx";
import { IconButton } from "./icon_button.tsx";
import { type Look, usePanel } from "./panel_context.ts";

/** A picture in the whole page, near the boxes in it or as a whole; of several, one at a time. Escape closes it. */
export function PictureLook(
  { look, close }: { readonly look: Look; readonly close: () => void },
): JSX.Element {
  const { post, t } = usePanel();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isNear, setNear] = useState(true);
  const [place, setPlace] = useState(0);
  const picture = look.pictures[place];
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="look"
      aria-label={look.label}
      onClose={close}
      // Escape closes the dialog; it does not stop an answer too.
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <div class="look-bar">
        <strong>{look.label}</strong>
        <button type="button" class="bar-button" onClick={() => setNear(!isNear)}>
          {isNear ? t("Whole Picture") : t("Zoom In")}
        </button>
        <IconButton icon="close" label={t("Close")} press={() => dialog.current?.close()} />
      </div>
      {look.pictures.length > 1 && (
        <div class="look-choice" role="group" aria-label={t("Which picture?")}>
          <span>{t("The answer does not say in which picture this is:")}</span>
          {look.pictures.map((choice, index) => (
            <button
              key={choice.id}
              type="button"
              class="bar-button"
              aria-pressed={index === place}
              title={choice.name}
              onClick={() => setPlace(index)}
            >
              {t("picture {0}", index + 1)}
            </button>
          ))}
        </div>
      )}
      {picture !== undefined && (
        <figure>
          <PictureWithBoxes picture={picture} boxes={look.boxes} isNear={isNear} />
          <figcaption>
            <button
              type="button"
              class="link"
              onClick={() => post({ kind: "open-picture", id: picture.id })}
            >
              {t("Open {0}", picture.name)}
            </button>
          </figcaption>
        </figure>
      )}
    </dialog>
  );
}

interface PictureWithBoxesProps {
  readonly picture: PanelPicture;
  readonly boxes: readonly Box[];
  readonly isNear: boolean;
}

function PictureWithBoxes({ picture, boxes, isNear }: PictureWithBoxesProps): JSX.Element | null {
  const { t } = usePanel();
  const { receipt, source, name } = picture;
  if (receipt === null) return null;
  const { widthPx, heightPx } = receipt;
  const view = isNear ? viewOf(boxes, widthPx, heightPx) : { x: 0, y: 0, width: widthPx, height: heightPx };
  const { x, y, width, height } = view;
  return (
    <svg viewBox={`${x} ${y} ${width} ${height}`} role="img" aria-label={t("{0}, with a box", name)}>
      <image href={source} width={widthPx} height={heightPx} preserveAspectRatio="none" />
      <BoxMarks receipt={receipt} boxes={boxes} />
    </svg>
  );
}
