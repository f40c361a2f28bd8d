import type { JSX } from "preact";
import type { PanelAttachment, PanelPicture } from "../../../protocol/panel.ts";
import type { AskedBox } from "../../../protocol/region_messages.ts";
import { askedBoxText } from "../../region/asked_box.ts";
import { Icon } from "../icon.tsx";
import { IconButton } from "../icon_button.tsx";
import { usePanel } from "../panel_context.ts";

interface AboutChipProps {
  readonly asked: AskedBox | undefined;
  readonly picture: PanelPicture | undefined;
  readonly attachments: readonly PanelAttachment[];
  readonly remove: () => void;
}

/** Says above the field which part of a picture the next question is about. */
export function AboutChip({ asked, picture, attachments, remove }: AboutChipProps): JSX.Element {
  const { t } = usePanel();
  return (
    <div aria-live="polite">
      {asked !== undefined && picture !== undefined && (
        <div class="about-chip">
          <Icon name="box" />
          <span>{askedBoxText(asked.box, picture, attachments, t)}</span>
          <IconButton icon="close" label={t("Ask about the whole picture")} press={remove} />
        </div>
      )}
    </div>
  );
}
