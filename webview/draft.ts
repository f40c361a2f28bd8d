import { useCallback } from "preact/hooks";
import type { Draft, ToPanel } from "../protocol/panel.ts";
import type { Host } from "./host.ts";

/** Changes the question that is being written, here at once, and tells the extension, which keeps it. */
export function useSetDraft(
  host: Host,
  apply: (messages: readonly ToPanel[]) => void,
): (draft: Draft) => void {
  return useCallback((draft) => {
    apply([{ kind: "draft", draft }]);
    host.post({ kind: "draft", draft });
  }, [host, apply]);
}
