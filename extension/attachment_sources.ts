// Where attachments come from that are on this machine: bytes, and pictures of the store. What they hold decides
// whether they are pictures or recordings.

import { displayName } from "../host/display_name.ts";
import { formatOfHead, isAnimation, videoFormat } from "../host/is_video.ts";
import type { PictureStore } from "../host/picture_store.ts";
import { storeRecording, storeRecordingBytes } from "../host/recording_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import type { RecordingFormat } from "../protocol/recording_messages.ts";
import type { AttachmentSource } from "./attachments.ts";
import type { RecordingSource } from "./recordings.ts";

/** What animated pictures are taken for: a recording, or a picture of which the first frame is shown. */
export type AnimationUse = "recording" | "picture";

/** What storing needs. */
export interface SourceParts {
  readonly store: PictureStore;
  /** Makes what is stored fit to be shown. */
  readonly shown: (storing: Promise<PictureRef>) => Promise<PictureRef>;
}

/** Bytes that were pasted or dropped. */
export function bytesSource(bytes: Uint8Array, name: string, parts: SourceParts): AttachmentSource {
  return { origin: null, store: () => takeBytes(bytes, { name, origin: null, use: "picture" }, parts) };
}

/** A picture of the store that is animated, as a recording; null when it is none. */
export async function animationSource(
  picture: PictureRef,
  origin: string | null,
  { store }: SourceParts,
): Promise<RecordingSource | null> {
  const path = store.pathOf(picture);
  const format = await videoFormat(path);
  if (format === null) return null;
  return {
    kind: "recording",
    name: picture.name,
    origin,
    store: async (watch) => ({
      ...await storeRecording(store.folder, path, format, watch),
      name: picture.name,
    }),
  };
}

/** What bytes are: a picture, which is stored, or a recording, which is read later. */
export async function takeBytes(
  bytes: Uint8Array,
  { name, origin, use }: {
    readonly name: string;
    readonly origin: string | null;
    readonly use: AnimationUse;
  },
  { store, shown }: SourceParts,
): Promise<PictureRef | RecordingSource> {
  const format = formatOfHead(bytes);
  if (format === null || !isRecording(format, use)) return await shown(store.addBytes(bytes, name));
  return {
    kind: "recording",
    name: displayName(name),
    origin,
    store: (watch) => storeRecordingBytes(store.folder, bytes, { name, format }, watch),
  };
}

/** Whether what is in a file is sent as a recording. */
export function isRecording(format: RecordingFormat, use: AnimationUse): boolean {
  return use === "recording" || !isAnimation(format);
}
