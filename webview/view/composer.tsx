import type { JSX, RefObject } from "preact";
import type { PanelState } from "../../protocol/panel.ts";
import type { Draft } from "../host.ts";
import { useSending } from "../sending.ts";
import { workingTurn } from "../state.ts";
import { Attachments } from "./attachments.tsx";
import { EngineStatus } from "./engine_status.tsx";
import { Icon } from "./icon.tsx";
import { usePanel } from "./panel_context.ts";
import { QuestionField } from "./question_field.tsx";
import { SendButton } from "./send_button.tsx";

interface ComposerProps {
  readonly panel: PanelState;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** A sentence about what was just tried; null when there is nothing to say. */
  readonly notice: string | null;
  readonly setNotice: (notice: string | null) => void;
}

/** Where the next question is written, with its pictures; it stays usable while an answer comes. */
export function Composer({ panel, draft, setDraft, field, notice, setNotice }: ComposerProps): JSX.Element {
  const { post, t } = usePanel();
  const { canSend, send } = useSending(panel, draft, setDraft);
  const working = workingTurn(panel);

  const submit = (): void => {
    if (working === undefined) send();
    else if (canSend) setNotice(t("Waiting for the answer. Your question is kept; press Enter again then."));
  };
  const stop = (): void => {
    if (working !== undefined) post({ kind: "stop", turnId: working.id });
  };
  const thenFocus = (action: () => void) => (): void => {
    action();
    field.current?.focus();
  };
  return (
    <div class="composer">
      <Attachments pictures={panel.attachments} />
      <QuestionField
        field={field}
        text={draft.text}
        placeholder={placeholder()}
        write={(text) => {
          setDraft({ ...draft, text });
          setNotice(null);
        }}
        submit={submit}
      />
      {notice !== null && <p class="notice">{notice}</p>}
      <div class="row">
        <ChooseButton />
        <ThinkToggle
          isOn={draft.isThinking}
          toggle={() => setDraft({ ...draft, isThinking: !draft.isThinking })}
        />
        <EngineStatus engine={panel.engine} model={panel.model} />
        <SendButton
          isWorking={working !== undefined}
          canSend={canSend}
          send={thenFocus(send)}
          stop={thenFocus(stop)}
        />
      </div>
    </div>
  );

  function placeholder(): string {
    if (working !== undefined) return t("Write the next question");
    return panel.attachments.length > 0 ? t("Ask about this picture") : t("Ask about a picture");
  }
}

function ChooseButton(): JSX.Element {
  const { post, t } = usePanel();
  const label = t("Choose pictures…");
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => post({ kind: "choose-files" })}
    >
      <Icon name="add" />
    </button>
  );
}

function ThinkToggle({ isOn, toggle }: { readonly isOn: boolean; readonly toggle: () => void }): JSX.Element {
  const { t } = usePanel();
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={isOn}
      title={t("Let the model think before it answers: slower, and better at hard questions")}
      onClick={toggle}
    >
      <Icon name="think" />
      {t("Think")}
    </button>
  );
}
