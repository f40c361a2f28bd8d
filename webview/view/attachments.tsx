import type { JSX } from "preact";
import type { PanelPicture } from "../../protocol/panel.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";
import { Picture } from "./picture.tsx";
import { Receipt } from "./receipt.tsx";

/** Pictures that go with the next question. */
export function Attachments(
  { pictures }: { readonly pictures: readonly PanelPicture[] },
): JSX.Element | null {
  const { post, t, edit } = usePanel();
  if (pictures.length === 0) return null;
  return (
    <ul class="attachments" aria-label={t("Pictures for the next question")}>
      {pictures.map((picture, index) => (
        <li key={picture.id} class="attachment">
          <Picture picture={picture} position={index + 1} count={pictures.length} />
          <div class="name" title={picture.name}>{picture.name}</div>
          <IconButton
            icon="crop"
            label={t("Edit {0}", picture.name)}
            isOff={picture.receipt === null}
            press={() => edit(picture)}
          />
          <IconButton
            icon="close"
            label={t("Remove {0}", picture.name)}
            press={() => post({ kind: "detach", id: picture.id })}
          />
          <Receipt receipt={picture.receipt} />
        </li>
      ))}
    </ul>
  );
}
