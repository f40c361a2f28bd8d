import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { PanelRecording } from "../../protocol/recording_messages.ts";
import { isMovingPicture, progressText } from "../recording.ts";
import { FrameStrip } from "./frame_strip.tsx";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";
import { RecordingReceipt, WatchedRecording } from "./recording.tsx";
import { SamplingForm } from "./sampling_form.tsx";

/** A recording that goes with the next question: what of it will be sent, what that costs, and how to change it. */
export function RecordingCard({ recording }: { readonly recording: PanelRecording }): JSX.Element {
  const { post, t, seeks } = usePanel();
  const [isOpen, setOpen] = useState(false);
  const formId = useId();
  const { id, name, file, progress, origin } = recording;
  const open = (timeS: number): void => {
    // The player takes it up when it is there.
    seeks.set(id, { timeS });
    setOpen(true);
  };
  return (
    <li class="attachment recording-card">
      <div class="name" title={name}>{name}</div>
      <IconButton icon="close" label={t("Remove {0}", name)} press={() => post({ kind: "detach", id })} />
      <div class="card-body">
        {isOpen && origin !== null
          ? <WatchedRecording recording={recording} />
          : <FrameStrip recording={recording} current={null} seek={open} />}
        {progress === null
          ? <RecordingReceipt recording={recording} />
          : <div class="receipt progress">{progressText(progress, t)}</div>}
        {origin !== null && (
          <div class="card-actions">
            <button
              type="button"
              class="link"
              aria-expanded={isOpen}
              aria-controls={formId}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? t("Done") : t("Change…")}
            </button>
            {file !== null && isMovingPicture(file.format) && (
              <button
                type="button"
                class="link"
                onClick={() => post({ kind: "use-first-frame", id })}
              >
                {t("First Frame Only")}
              </button>
            )}
          </div>
        )}
        <div id={formId}>
          {isOpen && origin !== null && <SamplingForm recording={recording} durationS={origin.durationS} />}
        </div>
      </div>
    </li>
  );
}
