// How messages about recordings change what the panel shows.

import type { PanelAttachment, PanelState } from "../protocol/panel.ts";
import type { PanelRecording, RecordingEvent } from "../protocol/recording_messages.ts";

/** The panel after a message about a recording. */
export function reduceRecordings(panel: PanelState, message: RecordingEvent): PanelState {
  switch (message.kind) {
    case "recording-changed":
      return {
        ...panel,
        attachments: changed(panel.attachments, message.recording.id, () => message.recording),
      };
    case "recording-progress":
      return {
        ...panel,
        attachments: changed(
          panel.attachments,
          message.id,
          (recording) => ({ ...recording, progress: message.progress }),
        ),
      };
    case "recording-receipt":
      return {
        ...panel,
        turns: panel.turns.map((turn) =>
          turn.id !== message.turnId ? turn : {
            ...turn,
            question: {
              ...turn.question,
              attachments: changed(
                turn.question.attachments,
                message.recordingId,
                (recording) => ({ ...recording, receipt: message.receipt }),
              ),
            },
          }
        ),
      };
  }
}

function changed(
  attachments: readonly PanelAttachment[],
  id: string,
  change: (recording: PanelRecording) => PanelRecording,
): readonly PanelAttachment[] {
  return attachments.map((attachment) =>
    attachment.id === id && attachment.kind === "recording" ? change(attachment) : attachment
  );
}
