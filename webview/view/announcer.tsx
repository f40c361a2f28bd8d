import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PanelState } from "../../protocol/panel.ts";
import { announcements } from "../announcements.ts";
import { usePanel } from "./panel_context.ts";

interface AnnouncerProps {
  readonly panel: PanelState;
  readonly notice: string | null;
}

/** Says to screen readers, politely and in sentences, what changes on the page. */
export function Announcer({ panel, notice }: AnnouncerProps): JSX.Element {
  const { t } = usePanel();
  const before = useRef(panel);
  const [text, setText] = useState("");
  useEffect(() => {
    const sentences = announcements(before.current, panel, t);
    before.current = panel;
    if (sentences.length > 0) setText(sentences.join(" "));
  }, [panel, t]);
  useEffect(() => {
    if (notice !== null) setText(notice);
  }, [notice]);
  return <div class="announcer" role="status">{text}</div>;
}
