// What the chat's page asks for about recordings, each done by one call.

import type { RecordingAsk } from "../protocol/recording_messages.ts";
import type { Chat } from "./chat.ts";

/** Does what the page asks for. */
export async function doRecordingAsk(ask: RecordingAsk, chat: Chat): Promise<void> {
  switch (ask.kind) {
    case "change-sampling":
      return chat.changeSampling(ask.id, ask.sampling);
    case "use-as-recording":
      return await chat.useAsRecording(ask.id);
    case "use-first-frame":
      return await chat.useFirstFrame(ask.id);
  }
}
