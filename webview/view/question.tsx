import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PanelTurn } from "../../protocol/panel.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";
import { Picture } from "./picture.tsx";
import { QuestionEditor } from "./question_editor.tsx";
import { Receipt } from "./receipt.tsx";
import { VersionSwitch } from "./version_switch.tsx";

export interface QuestionProps extends Pick<PanelTurn, "id" | "question" | "version"> {
  /** Whether an answer is in work: then nothing that was asked can be changed. */
  readonly isBusy: boolean;
}

/** What the person asked, with the pictures and their receipts; it can be asked in other words. */
export function Question({ id, question: { pictures, text }, version, isBusy }: QuestionProps): JSX.Element {
  const { post, t } = usePanel();
  const [isEdited, setEdited] = useState(false);
  const ask = (changed: string): void => {
    setEdited(false);
    post({ kind: "edit", turnId: id, text: changed });
  };
  return (
    <article class="question" data-role="user" aria-label={t("Question")}>
      {pictures.length > 0 && (
        <ul class="pictures">
          {pictures.map((picture, index) => (
            <li key={picture.id} class="shot">
              <Picture picture={picture} position={index + 1} count={pictures.length} />
              <Receipt receipt={picture.receipt} />
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
