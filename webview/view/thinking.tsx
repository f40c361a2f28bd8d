import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PanelTurn } from "../../protocol/panel.ts";
import { seconds } from "../progress.ts";
import { visible } from "../visible.ts";
import { Icon } from "./icon.tsx";
import { usePanel } from "./panel_context.ts";

/** The model's reasoning: open while it comes, one line once the answer starts, unless the person chose. */
export function Thinking({ turn }: { readonly turn: PanelTurn }): JSX.Element {
  const { post, t } = usePanel();
  const [choice, setChoice] = useState<boolean | null>(null);
  const isComing = turn.state.kind === "working" && turn.text === "";
  const isOpen = choice ?? turn.text === "";
  const words = isComing ? "Thinking · {0} s · {1} tokens" : "Thought for {0} s · {1} tokens";
  const toggle = (event: Event): void => {
    event.preventDefault();
    setChoice(!isOpen);
  };
  return (
    <div class="thinking">
      <details open={isOpen}>
        <summary onClick={toggle}>
          {isComing ? <span class="pulse" /> : <Icon name="chevron" />}
          <span class="count">{t(words, seconds(turn.thinkingMs), turn.thinkingTokenCount)}</span>
        </summary>
        <div class="trace">{visible(turn.thinking)}</div>
      </details>
      {isComing && (
        <button
          type="button"
          class="link skip"
          onClick={() => post({ kind: "skip-thinking", turnId: turn.id })}
        >
          {t("Skip to answer")}
        </button>
      )}
    </div>
  );
}
