// The door to the page for what it asks about recordings.

import type { RecordingAsk } from "../protocol/recording_messages.ts";
import type { Fields } from "./plain_values.ts";
import { readSampling } from "./sampling_check.ts";

/** The message about a recording, or null when it is none that a page of ours sends. @param id as it was checked */
export function readRecordingAsk(kind: unknown, id: string | null, fields: Fields): RecordingAsk | null {
  if (id === null) return null;
  switch (kind) {
    case "change-sampling": {
      const sampling = readSampling(fields["sampling"]);
      return sampling === null ? null : { kind, id, sampling };
    }
    case "use-as-recording":
    case "use-first-frame":
      return { kind, id };
    default:
      return null;
  }
}
