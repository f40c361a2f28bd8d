import type { JSX } from "preact";
import type { PanelAttachment, PanelPicture } from "../../protocol/panel.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";
import { Picture } from "./picture.tsx";
import { Receipt } from "./receipt.tsx";
import { RecordingCard } from "./recording_card.tsx";

/** What goes with the next question. */
export function Attachments(
  { attachments }: { readonly attachments: readonly PanelAttachment[] },
): JSX.Element | null {
  const { post, t } = usePanel();
  if (attachments.length === 0) return null;
  return (
    <ul class="attachments" aria-label={t("Attachments of the next question")}>
      {attachments.map((attachment, index) =>
        attachment.kind === "recording"
          ? <RecordingCard key={attachment.id} recording={attachment} />
          : (
            <li key={attachment.id} class="attachment">
              <Picture picture={attachment} position={index + 1} count={attachments.length} />
              <div class="name" title={attachment.name}>{attachment.name}</div>
              <IconButton
                icon="close"
                label={t("Remove {0}", attachment.name)}
                press={() => post({ kind: "detach", id: attachment.id })}
              />
              <Receipt receipt={attachment.receipt} />
              {isAnimated(attachment) && (
                <button
                  type="button"
                  class="link"
                  onClick={() => post({ kind: "use-as-recording", id: attachment.id })}
                >
                  {t("Use as Recording")}
                </button>
              )}
            </li>
          )
      )}
    </ul>
  );
}

/** Whether a picture has more frames than the one that is sent. */
function isAnimated({ receipt }: PanelPicture): boolean {
  return receipt !== null && receipt.notes.some(({ kind }) => kind === "first-frame") &&
    (receipt.format === "gif" || receipt.format === "webp");
}
