import type { JSX } from "preact";
import type { ContextUse } from "../../protocol/panel.ts";
import { contextLine, contextSentence, fullness } from "../context_meter.ts";
import { usePanel } from "./panel_context.ts";

/** Of a circle that is 100 long, so that lengths on it are percent. */
const RADIUS = 100 / (2 * Math.PI);

/** A small ring and the tokens used of all: what the next question takes before it is sent. */
export function ContextMeter({ use }: { readonly use: ContextUse }): JSX.Element {
  const { t } = usePanel();
  const { share, level } = fullness(use);
  const sentence = contextSentence(use, t);
  return (
    <span
      class={`meter ${level}`}
      role="meter"
      aria-label={t("Context")}
      aria-valuemin={0}
      aria-valuemax={use.contextLength}
      aria-valuenow={Math.min(use.tokenCount, use.contextLength)}
      aria-valuetext={sentence}
      title={sentence}
    >
      <svg viewBox="-19 -19 38 38" width="14" height="14" aria-hidden="true">
        <circle class="ring" r={RADIUS} />
        <circle class="used" r={RADIUS} stroke-dasharray={`${share * 100} 100`} transform="rotate(-90)" />
      </svg>
      <span aria-hidden="true">{contextLine(use)}</span>
    </span>
  );
}
