import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { PanelTurn } from "../../protocol/panel.ts";
import { Answer } from "./answer.tsx";
import { Question } from "./question.tsx";

/** All turns, the newest last. */
export function Conversation({ turns }: { readonly turns: readonly PanelTurn[] }): JSX.Element {
  return (
    <>
      {turns.map((turn, index) => <Turn key={turn.id} turn={turn} isLast={index === turns.length - 1} />)}
    </>
  );
}

/** One question and its answer; drawn anew only when it changed. */
function Turn({ turn, isLast }: { readonly turn: PanelTurn; readonly isLast: boolean }): JSX.Element {
  const { question } = turn;
  const asked = useMemo(() => <Question question={question} />, [question]);
  return useMemo(
    () => (
      <section class="turn">
        {asked}
        <Answer turn={turn} isLast={isLast} />
      </section>
    ),
    [asked, turn, isLast],
  );
}
