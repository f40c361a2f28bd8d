import { useState } from "preact/hooks";
import type { Draft, Host } from "./host.ts";

/** The question that is being written; it outlives the page. */
export function useDraft(host: Host): readonly [draft: Draft, setDraft: (draft: Draft) => void] {
  const [draft, setDraft] = useState(() => host.readDraft());
  return [draft, (next) => {
    host.keepDraft(next);
    setDraft(next);
  }];
}
