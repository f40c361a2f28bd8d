import type { JSX } from "preact";
import type { PanelTurn } from "../../protocol/panel.ts";
import { stageText } from "../progress.ts";
import { AnswerFooter } from "./answer_footer.tsx";
import { FailureCard } from "./failure_card.tsx";
import { Markdown } from "./markdown.tsx";
import { usePanel } from "./panel_context.ts";
import { Thinking } from "./thinking.tsx";

/** What became of a question: the stage, the trace, the text, and how it ended. */
export function Answer(
  { turn, isLast }: { readonly turn: PanelTurn; readonly isLast: boolean },
): JSX.Element {
  const { t } = usePanel();
  const { state, text, thinking } = turn;
  const isWorking = state.kind === "working";
  return (
    <article data-role="assistant" aria-label={t("Answer")} aria-busy={isWorking}>
      {thinking !== "" && <Thinking turn={turn} />}
      {isWorking && thinking === "" && text === "" && (
        <div class="stage">
          <span class="pulse" />
          {stageText(state, t)}
        </div>
      )}
      <Markdown text={text} isGrowing={isWorking} />
      {state.kind === "failed" && <FailureCard failure={state.failure} turnId={turn.id} />}
      <AnswerFooter turn={turn} isLast={isLast} />
    </article>
  );
}
