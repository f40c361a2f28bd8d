import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PanelTurn } from "../../protocol/panel.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";
import { Picture } from "./picture.tsx";
import { QuestionEditor } from "./question_editor.tsx";
import { Recording } from "./recording.tsx";
import { Receipt } from "./receipt.tsx";
import { VersionSwitch } from "./version_switch.tsx";

export interface QuestionProps extends Pick<PanelTurn, "id" | "question" | "version"> {
  /** Whether an answer is in work: then nothing that was asked can be changed. */
  readonly isBusy: boolean;
}

/** What the person asked, with the attachments and their receipts; it can be asked in other words. */
export function Question(
  { id, question: { attachments, text }, version, isBusy }: QuestionProps,
): JSX.Element {
  const { post, t } = usePanel();
  const [isEdited, setEdited] = useState(false);
  const ask = (changed: string): void => {
    setEdited(false);
    post({ kind: "edit", turnId: id, text: changed });
  };
  return (
    <article class="question" data-role="user" aria-label={t("Question")}>
      {attachments.length > 0 && (
        <ul class="pictures">
          {attachments.map((attachment, index) => (
            <li key={attachment.id} class={attachment.kind === "picture" ? "shot" : "shot wide"}>
              {attachment.kind === "recording" ? <Recording recording={attachment} /> : (
                <>
                  <Picture picture={attachment} position={index + 1} count={attachments.length} />
                  <Receipt receipt={attachment.receipt} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {isEdited
        ? <QuestionEditor text={text} isBusy={isBusy} ask={ask} cancel={() => setEdited(false)} />
        : (
          <div class="asked">
            <p>{text}</p>
            <VersionSwitch turnId={id} version={version} isBusy={isBusy} />
            <IconButton icon="edit" label={t("Edit question")} isOff={isBusy} press={() => setEdited(true)} />
          </div>
        )}
    </article>
  );
}
