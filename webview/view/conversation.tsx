import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { PanelPicture, PanelTurn } from "../../protocol/panel.ts";
import { Answer } from "./answer.tsx";
import { Question } from "./question.tsx";

/** All turns, the newest last. */
export function Conversation({ turns }: { readonly turns: readonly PanelTurn[] }): JSX.Element {
  return (
    <>
      {turns.map((turn, index) => (
        <Turn
          key={turn.id}
          turn={turn}
          isLast={index === turns.length - 1}
          pictures={picturesAt(turns, index)}
        />
      ))}
    </>
  );
}

const NONE: readonly PanelPicture[] = [];

/** The pictures that a turn is about: its own, or those of the last question that had some. */
function picturesAt(turns: readonly PanelTurn[], index: number): readonly PanelPicture[] {
  const asked = turns.slice(0, index + 1).findLast(({ question }) => question.pictures.length > 0);
  return asked?.question.pictures ?? NONE;
}

interface TurnProps {
  readonly turn: PanelTurn;
  readonly isLast: boolean;
  readonly pictures: readonly PanelPicture[];
}

/** One question and its answer; drawn anew only when it changed. */
function Turn({ turn, isLast, pictures }: TurnProps): JSX.Element {
  const { question } = turn;
  const asked = useMemo(() => <Question question={question} />, [question]);
  return useMemo(
    () => (
      <section class="turn">
        {asked}
        <Answer turn={turn} isLast={isLast} pictures={pictures} />
      </section>
    ),
    [asked, turn, isLast, pictures],
  );
}
