import { useEffect, useRef } from "preact/hooks";
import type { Draft, PanelState } from "../protocol/panel.ts";
import { askedPicture, withoutBox } from "./region/asked_box.ts";
import { usePanel } from "./view/panel_context.ts";

/** The way out for a question. */
export interface Sending {
  /** Whether there is anything to send. */
  readonly canSend: boolean;
  readonly send: () => void;
}

/** Sends the draft, and takes it away only when the extension shows it in the conversation. */
export function useSending(panel: PanelState, setDraft: (draft: Draft) => void): Sending {
  const { draft } = panel;
  const { post } = usePanel();
  const sent = useRef<Draft | null>(null);
  const text = draft.text.trim();
  const canSend = text !== "" || panel.attachments.length > 0;

  useEffect(() => {
    if (sent.current === draft) setDraft({ ...withoutBox(draft), text: "" });
    sent.current = null;
  }, [panel.turns.at(-1)?.id]);
  // Instead of being asked, the question may have been refused; it can then be sent again.
  useEffect(() => {
    sent.current = null;
  }, [panel.refusals]);

  const send = (): void => {
    // A second Enter before the first has been answered asks nothing.
    if (!canSend || sent.current === draft) return;
    sent.current = draft;
    // Without words it asks for an explanation, in the words that the model knows best.
    const asked = askedPicture(panel, draft.about) === undefined ? withoutBox(draft) : draft;
    post({ kind: "ask", ...asked, text });
  };
  return { canSend, send };
}
