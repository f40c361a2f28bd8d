import type { JSX, RefObject } from "preact";
import type { Draft, PanelState } from "../../protocol/panel.ts";
import { useWishes } from "../board.ts";
import { contextUse } from "../context_meter.ts";
import { askedPicture, withoutBox } from "../region/asked_box.ts";
import { useSending } from "../sending.ts";
import { workingTurn } from "../state.ts";
import { Attachments } from "./attachments.tsx";
import { ContextMeter } from "./context_meter.tsx";
import { DepthChoice } from "./depth_choice.tsx";
import { EngineStatus } from "./engine_status.tsx";
import { IconButton } from "./icon_button.tsx";
import { QUESTION, usePanel } from "./panel_context.ts";
import { QuestionField } from "./question_field.tsx";
import { AboutChip } from "./region/about_chip.tsx";
import { QueueButton, SendButton } from "./send_button.tsx";

interface ComposerProps {
  readonly panel: PanelState;
  readonly setDraft: (draft: Draft) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** A sentence about what was just tried; null when there is nothing to say. */
  readonly notice: string | null;
  readonly setNotice: (notice: string | null) => void;
}

/** Where the next question is written, with its pictures; it stays usable while an answer comes. */
export function Composer({ panel, setDraft, field, notice, setNotice }: ComposerProps): JSX.Element {
  const { post, t, words } = usePanel();
  const { draft } = panel;
  useWishes(words, QUESTION, (added) => {
    setDraft({ ...draft, text: draft.text + (/\S$/.test(draft.text) ? " " : "") + added });
    field.current?.focus();
  });
  const { canSend, send } = useSending(panel, setDraft);
  const working = workingTurn(panel);
  const use = contextUse(panel);
  const isInTrouble = panel.engine === "starting" || panel.engine === "failed";

  const stop = (): void => {
    if (working !== undefined) post({ kind: "stop", turnId: working.id });
  };
  const thenFocus = (action: () => void) => (): void => {
    action();
    field.current?.focus();
  };
  return (
    <div class="composer">
      <Attachments attachments={panel.attachments} />
      <AboutChip
        asked={draft.about}
        picture={askedPicture(panel, draft.about)}
        attachments={panel.attachments}
        remove={thenFocus(() => setDraft(withoutBox(draft)))}
      />
      <QuestionField
        field={field}
        text={draft.text}
        label={t("Ask about the picture")}
        placeholder={placeholder()}
        write={(text) => {
          setDraft({ ...draft, text });
          setNotice(null);
        }}
        submit={send}
      />
      {notice !== null && <p class="notice">{notice}</p>}
      <div class="row">
        <ChooseButton />
        <DepthChoice depth={draft.depth} choose={(depth) => setDraft({ ...draft, depth })} />
        <span class="rest">
          {use === null || isInTrouble
            ? <EngineStatus engine={panel.engine} model={panel.model} />
            : <ContextMeter use={use} />}
        </span>
        {working !== undefined && canSend && <QueueButton send={thenFocus(send)} />}
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
    if (working !== undefined) return t("Type the next question; it waits its turn");
    if (panel.attachments.some(({ kind }) => kind === "recording")) return t("Ask about this recording");
    return panel.attachments.length > 0 ? t("Ask about this picture") : t("Ask about a picture");
  }
}

function ChooseButton(): JSX.Element {
  const { post, t } = usePanel();
  return <IconButton icon="add" label={t("Choose pictures…")} press={() => post({ kind: "choose-files" })} />;
}
