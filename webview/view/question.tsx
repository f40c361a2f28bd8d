import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PanelAttachment, PanelQuestion, PanelTurn } from "../../protocol/panel.ts";
import { askedBoxText } from "../region/asked_box.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";
import { Picture } from "./picture.tsx";
import { QuestionEditor } from "./question_editor.tsx";
import { Recording } from "./recording.tsx";
import { ShotFoot } from "./region/shot_foot.tsx";
import { VersionSwitch } from "./version_switch.tsx";

export interface QuestionProps extends Pick<PanelTurn, "id" | "question" | "version"> {
  /** Whether an answer is in work: then nothing that was asked can be changed. */
  readonly isBusy: boolean;
}

/** What the person asked, with the attachments and their receipts; it can be asked in other words. */
export function Question({ id, question, version, isBusy }: QuestionProps): JSX.Element {
  const { text, about } = question;
  const { post, t } = usePanel();
  const attachments = shownAttachments(question);
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
                  <Picture
                    picture={attachment}
                    position={index + 1}
                    count={attachments.length}
                    asked={about?.picture.id === attachment.id ? about.box : undefined}
                  />
                  <ShotFoot picture={attachment} />
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
            <div class="words">
              {about !== undefined && (
                <p class="about">{askedBoxText(about.box, about.picture, question.attachments, t)}</p>
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

/** Its attachments, and a picture of an earlier question that it is about. */
function shownAttachments({ attachments, about }: PanelQuestion): readonly PanelAttachment[] {
  const isOwn = about === undefined || attachments.some(({ id }) => id === about.picture.id);
  return isOwn ? attachments : [...attachments, about.picture];
}
