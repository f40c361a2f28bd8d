// Recordings that need no file.

import type { Video, VideoReceipt } from "../../../protocol/conversation.ts";
import type { RecordingRef } from "../../../host/recording_store.ts";
import type { ReadOptions, ReadWatch } from "../../../host/video_reader.ts";
import { describeFailure } from "../../../extension/error_messages.ts";
import type { Conversation } from "../../../extension/conversation.ts";
import { Recordings, type RecordingSource } from "../../../extension/recordings.ts";
import type { SendRequest } from "../../../extension/sidecar.ts";
import { english } from "./english.ts";
import { deferred } from "./fake_sidecar.ts";
import { picture } from "./pictures.ts";
import { silentLog } from "./silent_log.ts";

/** A stored recording whose hash is one character, repeated. */
export const file = (character: string, name = `${character}.webm`): RecordingRef => ({
  ...picture(character, name),
  format: "webm",
});

/** Frames of a recording, each named by a character. */
export const video = (name: string, characters: string): Video => ({
  name,
  frames: [...characters].map((character, index) => ({ picture: picture(character), timeS: index })),
  packing: 1,
  origin: {
    format: "webm",
    codec: "vp8",
    durationS: 10,
    frameRate: 25,
    frameCount: 250,
    droppedTimesS: [],
    notes: [],
  },
});

/** What a sidecar would confirm about it. */
export const videoReceipt = ({ name, origin, frames }: Video): VideoReceipt => ({
  name,
  origin: origin ?? null,
  widthPx: 64,
  heightPx: 48,
  usedTimesS: frames.map(({ timeS }) => timeS),
  packing: 1,
  groupCount: frames.length,
  tokenCount: 64 * frames.length,
});

/** A reading that waits for its end. */
export interface WaitingRead {
  readonly fileName: string;
  readonly options: ReadOptions;
  readonly watch: ReadWatch;
  readonly resolve: (video: Video) => void;
  readonly reject: (error: unknown) => void;
}

/** Readings of a conversation's recordings, which a test ends as it likes. */
export function testRecordings(conversation: Conversation, request: SendRequest) {
  const reads: WaitingRead[] = [];
  /** Hashes that are gone. */
  const gone = new Set<string>();
  const recordings = new Recordings({
    conversation,
    request,
    readStored: (fileName, options, watch) => {
      const { promise, resolve, reject } = deferred<Video>();
      watch.signal?.addEventListener("abort", () => reject(watch.signal?.reason));
      reads.push({ fileName, options, watch, resolve, reject });
      return promise;
    },
    touch: (stored) =>
      Promise.resolve(new Set(stored.map(({ sha256 }) => sha256).filter((sha256) => gone.has(sha256)))),
    describe: (error) => describeFailure(error, "picture", english),
    log: silentLog(),
    wait: () => Promise.resolve(),
  });
  return { recordings, reads, gone };
}

/** A recording that is stored at once. */
export const source = (character: string): RecordingSource => ({
  kind: "recording",
  name: `${character}.webm`,
  origin: null,
  store: () => Promise.resolve(file(character)),
});
