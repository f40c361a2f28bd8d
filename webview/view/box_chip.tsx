import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PanelPicture } from "../../protocol/panel.ts";
import type { Box } from "../answer/box.ts";
import { namedPicture } from "../answer/box_picture.ts";
import { Icon } from "./icon.tsx";
import { usePanel } from "./panel_context.ts";

interface BoxChipProps {
  readonly label: string;
  readonly boxes: readonly Box[];
  /** The words before it. */
  readonly before: string;
  readonly pictures: readonly PanelPicture[];
}

/** A part of a picture that an answer names: pointing at it shows it in the picture, pressing it shows it large. */
export function BoxChip({ label, boxes, before, pictures }: BoxChipProps): JSX.Element {
  const { t, pointedBoxes, look } = usePanel();
  const name = label === "" ? t("this part") : label;
  const named = pictures.length === 1 ? pictures[0] : namedPicture(`${before} ${label}`, pictures);
  // Where nothing says in which of several pictures it is, the person chooses.
  const point = (to: readonly Box[] | undefined): void => {
    if (named !== undefined) pointedBoxes.set(named.id, to);
  };
  useEffect(() => () => point(undefined), [named?.id]);
  if (pictures.length === 0) return <>{name}</>;
  return (
    <button
      type="button"
      class="box-chip"
      title={t("Show “{0}” in the picture", name)}
      onMouseEnter={() => point(boxes)}
      onMouseLeave={() => point(undefined)}
      onFocus={() => point(boxes)}
      onBlur={() => point(undefined)}
      onClick={() => look({ label: name, pictures: named === undefined ? pictures : [named], boxes })}
    >
      <Icon name="box" />
      {name}
    </button>
  );
}
