import type { JSX } from "preact";
import type { LeftOut } from "../../protocol/conversation.ts";
import type { PanelAttachment, PanelTurn } from "../../protocol/panel.ts";
import { stageText } from "../progress.ts";
import { AnswerFooter } from "./answer_footer.tsx";
import { FailureCard } from "./failure_card.tsx";
import { Markdown } from "./markdown.tsx";
import { usePanel } from "./panel_context.ts";
import { Thinking } from "./thinking.tsx";

/** Says which pictures the model was not given. */
function LeftOutNote({ parts }: { readonly parts: readonly LeftOut[] }): JSX.Element | null {
  const { t } = usePanel();
  if (parts.length === 0) return null;
  const names = parts.map(({ name, tokenCount }) => t("{0} ({1} tokens)", name, tokenCount)).join(", ");
  return <p class="hint">{t("Left out to make room: {0}", names)}</p>;
}

interface AnswerProps {
  readonly turn: PanelTurn;
  readonly isLast: boolean;
  /** What boxes and moments in the text refer to. */
  readonly attachments: readonly PanelAttachment[];
}

/** What became of a question: the stage, the trace, the text, and how it ended. */
export function Answer({ turn, isLast, attachments }: AnswerProps): JSX.Element {
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
      <LeftOutNote parts={turn.leftOut ?? []} />
      <Markdown text={text} isGrowing={isWorking} attachments={attachments} />
      {state.kind === "failed" && <FailureCard failure={state.failure} turnId={turn.id} />}
      <AnswerFooter turn={turn} isLast={isLast} />
    </article>
  );
}
