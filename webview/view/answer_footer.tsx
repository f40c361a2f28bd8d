import type { JSX } from "preact";
import type { AnswerNumbers, PanelTurn } from "../../protocol/panel.ts";
import { withoutBoxMarks } from "../answer/box.ts";
import { cutOffText, numberSentence, numberTexts } from "../progress.ts";
import { CopyButton } from "./copy_button.tsx";
import { Icon } from "./icon.tsx";
import { usePanel } from "./panel_context.ts";

interface FooterProps {
  readonly turn: PanelTurn;
  /** Whether it is the newest turn, the only one that can be asked again. */
  readonly isLast: boolean;
}

/** The quiet line under an answer that has ended: its numbers, and what can be done with it. */
export function AnswerFooter({ turn, isLast }: FooterProps): JSX.Element | null {
  const { post, t } = usePanel();
  const { state, text } = turn;
  if (state.kind === "working") return null;
  return (
    <footer class="answer-footer">
      {state.kind === "done" && <CutOff numbers={state.numbers} />}
      <div class="footer-line">
        {state.kind === "done" && <Numbers numbers={state.numbers} />}
        {state.kind === "stopped" && <span class="numbers">{t("Stopped")}</span>}
        <span class="actions">
          {text !== "" && <CopyButton text={withoutBoxMarks(text)} label={t("Copy answer")} />}
          {isLast && state.kind !== "failed" && (
            <button
              type="button"
              class="icon-button"
              aria-label={t("Ask again")}
              title={t("Ask again")}
              onClick={() => post({ kind: "retry", turnId: turn.id })}
            >
              <Icon name="retry" />
            </button>
          )}
        </span>
      </div>
      {isLast && state.kind === "done" && state.numbers.isStandIn && (
        <StandInHint name={state.numbers.modelName} />
      )}
    </footer>
  );
}

function Numbers({ numbers }: { readonly numbers: AnswerNumbers }): JSX.Element {
  const { t } = usePanel();
  return (
    <span class="numbers" title={numberSentence(numbers, t)}>
      {[numbers.modelName, ...numberTexts(numbers, t)].map((text) => <span key={text}>{text}</span>)}
    </span>
  );
}

function CutOff({ numbers }: { readonly numbers: AnswerNumbers }): JSX.Element | null {
  const { t } = usePanel();
  const text = cutOffText(numbers, t);
  return text === undefined ? null : <p class="cut-off">{text}</p>;
}

function StandInHint({ name }: { readonly name: string }): JSX.Element {
  const { post, t } = usePanel();
  return (
    <p class="hint">
      {t("{0} is small and sometimes wrong.", name)}{" "}
      <button type="button" class="link" onClick={() => post({ kind: "show-full-model" })}>
        {t("Get the full model")}
      </button>
    </p>
  );
}
