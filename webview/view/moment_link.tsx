import type { JSX } from "preact";
import type { PanelAttachment } from "../../protocol/panel.ts";
import { usePanel } from "./panel_context.ts";

interface MomentLinkProps {
  readonly timeS: number;
  readonly text: string;
  readonly isCode: boolean;
  /** What the answer is about. */
  readonly attachments: readonly PanelAttachment[];
}

/** A moment that an answer names: shows it in the recording, where one lasts so long, else it is what it is: text. */
export function MomentLink({ timeS, text, isCode, attachments }: MomentLinkProps): JSX.Element {
  const { t, seeks } = usePanel();
  const recording = attachments.find((attachment) =>
    attachment.kind === "recording" && attachment.origin !== null &&
    timeS <= attachment.origin.durationS + 0.05
  );
  const shown = isCode ? <code>{text}</code> : <>{text}</>;
  if (recording === undefined) return shown;
  return (
    <button
      type="button"
      class="place moment"
      title={t("Show {0} in {1}", text, recording.name)}
      onClick={() => seeks.set(recording.id, { timeS })}
    >
      {shown}
    </button>
  );
}
