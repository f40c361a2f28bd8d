import type { JSX } from "preact";
import type { AnswerNumbers, PanelTurn } from "../../protocol/panel.ts";
import { withoutBoxMarks } from "../answer/box.ts";
import { cutOffText, numberSentence, numberTexts, traceEndText } from "../progress.ts";
import { visible } from "../visible.ts";
import { CopyButton } from "./copy_button.tsx";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";

interface FooterProps {
  readonly turn: PanelTurn;
  /** Whether it is the newest turn, the only one that can be asked again. */
  readonly isLast: boolean;
}

/** The quiet line under an answer that has ended: its numbers, and what can be done with it. */
export function AnswerFooter({ turn, isLast }: FooterProps): JSX.Element | null {
  const { post, t } = usePanel();
  const { state, text, id: turnId } = turn;
  if (state.kind === "working") return null;
  return (
    <footer class="answer-footer">
      {state.kind === "done" && <CutOff numbers={state.numbers} />}
      <div class="footer-line">
        {state.kind === "done" && <Numbers numbers={state.numbers} />}
        {state.kind === "stopped" && <span class="numbers">{t("Stopped")}</span>}
        <span class="actions">
          {text !== "" && <CopyButton text={visible(withoutBoxMarks(text))} label={t("Copy answer")} />}
          {isLast && canGoOn(turn) && (
            <IconButton
              icon="forward"
              label={t("Continue answer")}
              press={() => post({ kind: "continue", turnId })}
            />
          )}
          {isLast && state.kind !== "failed" && (
            <IconButton
              icon="retry"
              label={t("Ask again")}
              press={() => post({ kind: "retry", turnId })}
            />
          )}
        </span>
      </div>
      {isLast && state.kind === "done" && state.numbers.isStandIn && (
        <StandInHint name={state.numbers.modelName} />
      )}
    </footer>
  );
}

/** Whether there is a beginning that was cut off or stopped. */
function canGoOn({ state, text, thinking }: PanelTurn): boolean {
  if (text === "" && thinking === "") return false;
  return state.kind === "stopped" || state.kind === "done" && state.numbers.stopReason === "length";
}

function Numbers({ numbers }: { readonly numbers: AnswerNumbers }): JSX.Element {
  const { t } = usePanel();
  return (
    <span class="numbers" title={numberSentence(numbers, t)}>
      {[numbers.modelName, ...numberTexts(numbers, t)].map((text) => <span key={text}>{text}</span>)}
    </span>
  );
}

function CutOff({ numbers }: { readonly numbers: AnswerNumbers }): JSX.Element {
  const { t } = usePanel();
  const { traceEnd, thinkingTokenCount } = numbers;
  const aboutTrace = traceEndText(traceEnd, thinkingTokenCount, t);
  const aboutAnswer = cutOffText(numbers, t);
  return (
    <>
      {aboutTrace !== undefined && <p>{aboutTrace}</p>}
      {aboutAnswer !== undefined && <p class="cut-off">{aboutAnswer}</p>}
    </>
  );
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
