import { useEffect } from "preact/hooks";
import type { FromPanel, PanelState } from "../protocol/panel.ts";
import { workingTurn } from "./state.ts";

/** Escape stops the answer, wherever on the page the focus is. */
export function useEscape(panel: PanelState, post: (message: FromPanel) => void): void {
  const turnId = workingTurn(panel)?.id;
  useEffect(() => {
    if (turnId === undefined) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.isComposing) post({ kind: "stop", turnId });
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [turnId, post]);
}
