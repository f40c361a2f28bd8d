import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { lookOfTheme } from "../answer/diagram_look.ts";
import { whyNotDrawn } from "../answer/diagram_errors.ts";
import type { Island } from "../answer/island.ts";
import type { Drawing } from "../renderers/diagram.ts";
import { CodeBlock } from "./code_block.tsx";
import { usePanel } from "./panel_context.ts";
import { useThemeName } from "./theme_name.ts";

/** What became of a diagram's text. */
type Outcome =
  | { readonly kind: "drawn"; readonly drawing: Drawing; readonly source: string }
  | { readonly kind: "refused"; readonly reason: string };

/** Mermaid code, and what it draws; the code and the reason where it draws nothing. */
export function Diagram({ code }: { readonly code: Island & { kind: "code" } }): JSX.Element {
  const { t } = usePanel();
  const board = useRef<HTMLDivElement>(null);
  const outcome = useOutcome(code, board);
  return (
    <div class="diagram">
      {code.isClosed && outcome?.kind !== "refused" && (
        <div class="drawing">
          {outcome?.kind === "drawn" && (
            <img
              src={outcome.source}
              width={Math.ceil(outcome.drawing.widthPx)}
              height={Math.ceil(outcome.drawing.heightPx)}
              alt={t("Diagram, drawn from the code that follows")}
            />
          )}
        </div>
      )}
      {outcome?.kind === "refused" && <p class="hint">{outcome.reason}</p>}
      <CodeBlock code={code} />
      <div ref={board} class="drawing-board" aria-hidden="true" />
    </div>
  );
}

/** Draws when the text is complete, and again when the theme changes. */
function useOutcome(
  { text, isClosed }: Island & { kind: "code" },
  board: { readonly current: HTMLElement | null },
): Outcome | null {
  const { renderers, t } = usePanel();
  const theme = useThemeName();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => {
    if (!isClosed || board.current === null) return undefined;
    const place = board.current;
    let source: string | null = null;
    let isWanted = true;
    const draw = async (): Promise<void> => {
      const drawDiagram = await renderers.diagram();
      const drawing = await drawDiagram(text, lookOfTheme(place), place);
      if (!isWanted) return;
      source = URL.createObjectURL(drawing.svg);
      setOutcome({ kind: "drawn", drawing, source });
    };
    draw().catch((error: unknown) => {
      if (isWanted) setOutcome({ kind: "refused", reason: whyNotDrawn(error, text, t) });
    });
    return () => {
      isWanted = false;
      if (source !== null) URL.revokeObjectURL(source);
    };
  }, [text, isClosed, theme, renderers, t]);
  return outcome;
}
