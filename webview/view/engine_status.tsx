import type { JSX } from "preact";
import type { EngineState, PanelState } from "../../protocol/panel.ts";
import type { Translate } from "../texts.ts";
import { usePanel } from "./panel_context.ts";

/** The model's name and what its engine is doing, in two words. */
export function EngineStatus({ engine, model }: Pick<PanelState, "engine" | "model">): JSX.Element {
  const { post, t } = usePanel();
  const words = [...(model === null ? [] : [model.name]), engineWord(engine, t)].join(" · ");
  if (engine === "failed") {
    return (
      <button
        type="button"
        class="link status failed"
        title={t("Show Log")}
        onClick={() => post({ kind: "show-log" })}
      >
        {words}
      </button>
    );
  }
  return <span class="status" title={words}>{words}</span>;
}

function engineWord(engine: EngineState, t: Translate): string {
  switch (engine) {
    case "stopped":
      return t("starts when asked");
    case "starting":
      return t("starting…");
    case "ready":
      return t("ready");
    case "busy":
      return t("answering…");
    case "failed":
      return t("not running");
    default: {
      const unknown: never = engine;
      throw new TypeError(`unknown engine state: ${String(unknown)}`);
    }
  }
}
