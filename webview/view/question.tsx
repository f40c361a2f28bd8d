import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PanelPicture, PanelQuestion, PanelTurn } from "../../protocol/panel.ts";
import { askedBoxText } from "../region/asked_box.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";
import { Picture } from "./picture.tsx";
import { QuestionEditor } from "./question_editor.tsx";
import { ShotFoot } from "./region/shot_foot.tsx";
import { VersionSwitch } from "./version_switch.tsx";

export interface QuestionProps extends Pick<PanelTurn, "id" | "question" | "version"> {
  /** Whether an answer is in work: then nothing that was asked can be changed. */
  readonly isBusy: boolean;
}

/** What the person asked, with the pictures and their receipts; it can be asked in other words. */
export function Question({ id, question, version, isBusy }: QuestionProps): JSX.Element {
  const { text, about } = question;
  const { post, t } = usePanel();
  const pictures = shownPictures(question);
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
              <Picture
                picture={picture}
                position={index + 1}
                count={pictures.length}
                asked={about?.picture.id === picture.id ? about.box : undefined}
              />
              <ShotFoot picture={picture} />
            </li>
          ))}
        </ul>
      )}
      {isEdited
        ? <QuestionEditor text={text} isBusy={isBusy} ask={ask} cancel={() => setEdited(false)} />
        : (
          <div class="asked">
            <div class="words">
              {about !== undefined && (
                <p class="about">{askedBoxText(about.box, about.picture, question.pictures, t)}</p>
              )}
              <p>{text}</p>
            </div>
            <VersionSwitch turnId={id} version={version} isBusy={isBusy} />
            <IconButton icon="edit" label={t("Edit question")} isOff={isBusy} press={() => setEdited(true)} />
          </div>
        )}
    </article>
  );
}

/** Its pictures, and one of an earlier question that it is about. */
function shownPictures({ pictures, about }: PanelQuestion): readonly PanelPicture[] {
  const isOwn = about === undefined || pictures.some(({ id }) => id === about.picture.id);
  return isOwn ? pictures : [...pictures, about.picture];
}
