import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Place } from "../answer/island.ts";
import { useBoard } from "../board.ts";
import { usePanel } from "./panel_context.ts";

interface PlaceLinkProps {
  readonly place: Place;
  readonly text: string;
  readonly isCode: boolean;
}

/** A line of a file that a text names: a link when the workspace has that file, else what it is: text. */
export function PlaceLink({ place, text, isCode }: PlaceLinkProps): JSX.Element {
  const { post, t, files } = usePanel();
  const { path, line, column } = place;
  const file = useBoard(files.known, path) ?? null;
  useEffect(() => files.wonder(path), [files, path]);
  const shown = isCode ? <code>{text}</code> : <>{text}</>;
  if (file === null) return shown;
  return (
    <button
      type="button"
      class="place"
      title={t("Open {0}, line {1}", file, line)}
      onClick={() => post({ kind: "open-place", path, line, column })}
    >
      {shown}
    </button>
  );
}
