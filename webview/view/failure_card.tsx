import type { ComponentChildren, JSX } from "preact";
import type { FailureAction, PanelFailure } from "../../protocol/panel.ts";
import { Icon } from "./icon.tsx";
import { usePanel } from "./panel_context.ts";

interface FailureCardProps {
  readonly failure: PanelFailure;
  /** The turn that failed; only with one can it be asked again. */
  readonly turnId?: string;
  /** More buttons. */
  readonly children?: ComponentChildren;
}

/** What asks the question again. */
const ASKING: readonly FailureAction[] = ["retry", "drop-pictures"];

/** What was not done, why, and buttons for what comes next. */
export function FailureCard({ failure, turnId, children }: FailureCardProps): JSX.Element {
  const { post, t } = usePanel();
  const press = (action: FailureAction): void => {
    switch (action) {
      case "retry":
        if (turnId !== undefined) post({ kind: "retry", turnId });
        return;
      case "drop-pictures":
        if (turnId !== undefined) post({ kind: "drop-pictures", turnId });
        return;
      case "show-log":
        return post({ kind: "show-log" });
      case "new-chat":
        return post({ kind: "new-chat" });
      default: {
        const unknown: never = action;
        throw new TypeError(`unknown action: ${String(unknown)}`);
      }
    }
  };
  const labels: Readonly<Record<FailureAction, string>> = {
    "retry": t("Ask Again"),
    "drop-pictures": t("Ask Without Old Pictures"),
    "show-log": t("Show Log"),
    "new-chat": t("New Chat"),
  };
  const actions = failure.actions.filter((action) => turnId !== undefined || !ASKING.includes(action));
  return (
    <div class="card" role="alert">
      <p>
        <Icon name="warning" />
        <strong>{failure.headline}</strong> {failure.message}
      </p>
      {(actions.length > 0 || children !== undefined) && (
        <div class="buttons">
          {actions.map((action, index) => (
            <button
              key={action}
              type="button"
              class={index === 0 ? "button" : "button secondary"}
              onClick={() => press(action)}
            >
              {labels[action]}
            </button>
          ))}
          {children}
        </div>
      )}
    </div>
  );
}
