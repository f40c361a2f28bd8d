import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { PanelAttachment, PanelTurn } from "../../protocol/panel.ts";
import { Answer } from "./answer.tsx";
import { usePanel } from "./panel_context.ts";
import { Question } from "./question.tsx";

/** All turns, the newest last. */
export function Conversation({ turns }: { readonly turns: readonly PanelTurn[] }): JSX.Element {
  const working = turns.findIndex(({ state }) => state.kind === "working");
  return (
    <>
      {turns.map((turn, index) => (
        <Turn
          key={turn.id}
          turn={turn}
          isLast={index === turns.length - 1}
          attachments={attachmentsAt(turns, index)}
          isBusy={working >= 0}
          isWaiting={turn.state.kind === "working" && index > working}
        />
      ))}
    </>
  );
}

const NONE: readonly PanelAttachment[] = [];

/** What a turn is about: its own attachments, or those of the last question that had some. */
function attachmentsAt(turns: readonly PanelTurn[], index: number): readonly PanelAttachment[] {
  const asked = turns.slice(0, index + 1).findLast(({ question }) => question.attachments.length > 0);
  return asked?.question.attachments ?? NONE;
}

interface TurnProps {
  readonly turn: PanelTurn;
  readonly isLast: boolean;
  readonly attachments: readonly PanelAttachment[];
  /** Whether any answer is in work. */
  readonly isBusy: boolean;
  /** Whether it waits for the answer of an earlier turn. */
  readonly isWaiting: boolean;
}

/** One question and its answer; drawn anew only when it changed. */
function Turn({ turn, isLast, attachments, isBusy, isWaiting }: TurnProps): JSX.Element {
  const { id, question, version } = turn;
  const asked = useMemo(
    () => <Question {...{ id, question, version, isBusy }} />,
    [id, question, version.position, version.count, isBusy],
  );
  return useMemo(
    () => (
      <section class="turn">
        {asked}
        {isWaiting
          ? <Waiting turnId={id} />
          : <Answer turn={turn} isLast={isLast} attachments={attachments} />}
      </section>
    ),
    [asked, turn, isLast, attachments, isWaiting],
  );
}

/** Says of a question that others come before it. */
function Waiting({ turnId }: { readonly turnId: string }): JSX.Element {
  const { post, t } = usePanel();
  return (
    <article data-role="assistant" aria-label={t("Answer")} aria-busy="true">
      <div class="stage">
        {t("Waits for the answer above.")}
        <button type="button" class="link" onClick={() => post({ kind: "stop", turnId })}>
          {t("Do not ask")}
        </button>
      </div>
    </article>
  );
}
