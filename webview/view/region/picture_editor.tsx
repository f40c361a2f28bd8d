import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PictureReceipt } from "../../../protocol/conversation.ts";
import type { PanelPicture, Replacement } from "../../../protocol/panel.ts";
import type { AskedBox } from "../../../protocol/region_messages.ts";
import { askedRect, isEdited, type Marking } from "../../region/marks.ts";
import { type OpenedImage, openImage } from "../../region/open_image.ts";
import { toBox } from "../../region/shapes.ts";
import { useApplying } from "../../region/use_applying.ts";
import { useMarking } from "../../region/use_marking.ts";
import { keepFocus } from "../../region/keep_focus.ts";
import { IconButton } from "../icon_button.tsx";
import { usePanel } from "../panel_context.ts";
import { Drawing } from "./drawing.tsx";
import { EditBar } from "./edit_bar.tsx";
import { ALL_TOOLS, ASK_TOOLS, type Tool } from "./tool_choice.tsx";

interface PictureEditorProps {
  readonly picture: PanelPicture;
  readonly receipt: PictureReceipt;
  /** Whether it waits for its question; later it can only be asked about. */
  readonly canEdit: boolean;
  readonly reply: Replacement | null;
  readonly close: () => void;
  /** Called when it was changed or a part of it is to be asked about, before it is closed. */
  readonly finish: (asked: AskedBox | null) => void;
}

/** A picture large, to draw on before it is sent and to mark the part that a question is about. */
export function PictureEditor(props: PictureEditorProps): JSX.Element {
  const { picture, receipt, canEdit, reply, close, finish } = props;
  const { t } = usePanel();
  const dialog = useRef<HTMLDialogElement>(null);
  const opened = useOpened(picture, receipt);
  const { marking, said, change } = useMarking({ width: receipt.widthPx, height: receipt.heightPx }, t);
  const [tool, setTool] = useState<Tool>(canEdit ? "crop" : "ask");
  const [isFullSize, setFullSize] = useState(false);
  // Whoever goes on drawing is not about to leave any more.
  const [leaving, setLeaving] = useState<Marking | null>(null);
  const isLeaving = leaving === marking;
  const end = (asked: AskedBox | null): void => {
    dialog.current?.close();
    finish(asked);
  };
  const image = opened?.kind === "image" ? opened.image : null;
  const { apply, isWorking, problem } = useApplying({ picture, marking, image, reply, applied: end });
  useEffect(() => dialog.current?.showModal(), []);

  const ask = (): void => {
    const rect = askedRect(marking);
    if (isEdited(marking)) apply(true);
    else if (rect !== null) end({ pictureId: picture.id, box: toBox(rect, marking.size) });
  };
  const cancel = (event: Event): void => {
    if (isLeaving || !isEdited(marking)) return;
    event.preventDefault();
    setLeaving(marking);
  };
  const title = canEdit ? t("Edit {0}", picture.name) : t("Ask about a part of {0}", picture.name);
  const trouble = opened?.kind === "unusable" ? opened.reason : problem;
  const hint = isLeaving ? t("The marks are not applied. Escape again leaves without them.") : null;
  return (
    <dialog
      ref={dialog}
      class="look editor"
      aria-label={title}
      aria-busy={isWorking}
      onClose={close}
      onCancel={cancel}
      onKeyDown={(event) => {
        // Escape closes the dialog; it does not stop an answer too.
        if (event.key === "Escape") event.stopPropagation();
        keepFocus(event, event.currentTarget);
      }}
    >
      <div class="look-bar">
        <strong>{title}</strong>
        <IconButton icon="close" label={t("Close")} press={() => dialog.current?.close()} />
      </div>
      {image !== null && (
        <>
          <EditBar
            {...{ marking, change, tool, setTool, isFullSize, setFullSize }}
            tools={canEdit ? ALL_TOOLS : ASK_TOOLS}
          />
          <Drawing
            {...{ marking, change, tool, isFullSize }}
            source={picture.source}
            label={t("{0}, to draw on", picture.name)}
          />
        </>
      )}
      {trouble !== null && <p class="trouble" role="alert">{trouble}</p>}
      <p class="said" role="status">{isWorking ? t("Applying…") : hint ?? said}</p>
      <div class="buttons">
        {canEdit && (
          <button
            type="button"
            class="button"
            disabled={!isEdited(marking) || isWorking || image === null}
            onClick={() => apply(false)}
          >
            {t("Apply")}
          </button>
        )}
        <button
          type="button"
          class={canEdit ? "button secondary" : "button"}
          disabled={askedRect(marking) === null || isWorking}
          onClick={ask}
        >
          {t("Ask About This Part")}
        </button>
        <button type="button" class="button secondary" onClick={() => dialog.current?.close()}>
          {t("Cancel")}
        </button>
      </div>
    </dialog>
  );
}

/** The picture's pixels, once they are there. */
function useOpened(picture: PanelPicture, receipt: PictureReceipt): OpenedImage | null {
  const { t } = usePanel();
  const [opened, setOpened] = useState<OpenedImage | null>(null);
  useEffect(() => {
    let isWanted = true;
    void openImage(picture, receipt, t).then((result) => isWanted && setOpened(result));
    return () => void (isWanted = false);
  }, []);
  return opened;
}
