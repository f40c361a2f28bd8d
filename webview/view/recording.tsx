import type { JSX } from "preact";
import { useCallback, useState } from "preact/hooks";
import type { PanelRecording } from "../../protocol/recording_messages.ts";
import { clock } from "../clock.ts";
import { costLine, costSentence, frameAt, noteText, samplingTexts } from "../recording.ts";
import { FrameStrip } from "./frame_strip.tsx";
import { QUESTION, usePanel } from "./panel_context.ts";
import { RecordingPlayer } from "./recording_player.tsx";

/** A recording that was asked about: its player, the frames that the model was sent, and its receipt. */
export function Recording({ recording }: { readonly recording: PanelRecording }): JSX.Element {
  const { t } = usePanel();
  return (
    <figure class="recording" aria-label={t("recording {0}", recording.name)}>
      <WatchedRecording recording={recording} />
      <RecordingReceipt recording={recording} />
    </figure>
  );
}

/** A recording's player and its frames, each of which takes the player to its moment. */
export function WatchedRecording({ recording }: { readonly recording: PanelRecording }): JSX.Element {
  const { t, seeks, words } = usePanel();
  const [timeS, setTimeS] = useState<number | null>(null);
  const { id, frames } = recording;
  const seek = useCallback((timeS: number) => seeks.set(id, { timeS }), [seeks, id]);
  const current = timeS === null ? null : frameAt(frames.map((frame) => frame.timeS), timeS);
  const time = clock(timeS ?? frames[0]?.timeS ?? 0);
  return (
    <>
      <RecordingPlayer recording={recording} onTime={setTimeS} />
      <FrameStrip recording={recording} current={current} seek={seek} />
      <button
        type="button"
        class="link ask-about"
        onClick={() => words.set(QUESTION, `${t("At {0}:", time)} `)}
      >
        {t("Ask about {0}", time)}
      </button>
    </>
  );
}

/** What the sidecar has confirmed about a recording's frames, or that it has not yet. */
export function RecordingReceipt({ recording }: { readonly recording: PanelRecording }): JSX.Element {
  const { t } = usePanel();
  const line = costLine(recording, t);
  if (line === null) return <div class="receipt">{t("reading…")}</div>;
  const notes = recording.origin?.notes ?? [];
  return (
    <div class="receipt" title={costSentence(recording, t)}>
      <span class="tick" aria-hidden="true">✓</span> {line}
      <span class="choices">{samplingTexts(recording, t).map((text) => <span key={text}>{text}</span>)}</span>
      {notes.length > 0 && <div class="notes">{notes.map((note) => noteText(note, t)).join(", ")}</div>}
    </div>
  );
}
