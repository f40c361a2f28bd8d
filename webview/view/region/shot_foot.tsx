import type { JSX } from "preact";
import type { PanelPicture } from "../../../protocol/panel.ts";
import { IconButton } from "../icon_button.tsx";
import { usePanel } from "../panel_context.ts";
import { Receipt } from "../receipt.tsx";

/** Under a picture that was asked about: its receipt, and the way to ask about a part of it. */
export function ShotFoot({ picture }: { readonly picture: PanelPicture }): JSX.Element {
  const { t, edit } = usePanel();
  return (
    <div class="shot-foot">
      <Receipt receipt={picture.receipt} />
      {picture.receipt !== null && (
        <IconButton
          icon="box"
          label={t("Ask about a part of {0}", picture.name)}
          press={() => edit(picture)}
        />
      )}
    </div>
  );
}
