import type { JSX } from "preact";
import type { ModelRecord } from "../../protocol/conversation.ts";
import { usePanel } from "./panel_context.ts";

interface EmptyStateProps {
  /** Null until the sidecar has told which model answers. */
  readonly model: ModelRecord | null;
  readonly paste: () => void;
}

/** What a person sees first: the ways in, and who will answer. */
export function EmptyState({ model, paste }: EmptyStateProps): JSX.Element {
  const { post, t } = usePanel();
  const keys = /mac/i.test(navigator.userAgent) ? "⌘ V" : "Ctrl V";
  return (
    <div class="empty">
      <h1>{t("Show me something")}</h1>
      <p class="dim">{t("A screenshot, a diagram, a chart. It stays on this machine.")}</p>
      <button type="button" class="button way" onClick={paste}>
        {t("Paste a Screenshot")}
        <kbd>{keys}</kbd>
      </button>
      <button type="button" class="button secondary way" onClick={() => post({ kind: "choose-files" })}>
        {t("Choose a Picture…")}
      </button>
      <p class="dim">{t("or drop a file here while holding Shift")}</p>
      {model !== null && <Model model={model} />}
    </div>
  );
}

function Model({ model: { name, isStandIn } }: { readonly model: ModelRecord }): JSX.Element {
  const { post, t } = usePanel();
  if (!isStandIn) return <p class="dim">{t("Model: {0}", name)}</p>;
  return (
    <p class="dim">
      {t(
        "Model: {0}, built in. It is small: quick about errors, charts and diagrams, and sometimes wrong.",
        name,
      )}{" "}
      <button type="button" class="link" onClick={() => post({ kind: "show-full-model" })}>
        {t("Get the full model")}
      </button>
    </p>
  );
}
