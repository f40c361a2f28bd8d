import type { JSX } from "preact";
import type { Refusal } from "../../protocol/panel.ts";
import { FailureCard } from "./failure_card.tsx";
import { usePanel } from "./panel_context.ts";

interface RefusalsProps {
  readonly refusals: readonly Refusal[];
  readonly dismiss: (id: string) => void;
}

/** Files that were not added, each with the reason; the question and the other pictures are still there. */
export function Refusals({ refusals, dismiss }: RefusalsProps): JSX.Element | null {
  const { post, t } = usePanel();
  if (refusals.length === 0) return null;
  return (
    <div class="refusals">
      {refusals.map(({ id, failure }) => (
        <FailureCard key={id} failure={failure}>
          <button
            type="button"
            class="button"
            onClick={() => {
              dismiss(id);
              post({ kind: "choose-files" });
            }}
          >
            {t("Choose Another…")}
          </button>
          <button type="button" class="button secondary" onClick={() => dismiss(id)}>{t("Dismiss")}</button>
        </FailureCard>
      ))}
    </div>
  );
}
