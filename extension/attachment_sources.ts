// Where attachments come from: files that VS Code names by an address, also ones that are not on this machine, and
// bytes. What they hold decides whether they are pictures or recordings.

import { basename } from "node:path";
import type { Uri } from "vscode";
import { displayName } from "../host/display_name.ts";
import { formatOfHead, isAnimation, videoFormat } from "../host/is_video.ts";
import type { PictureStore } from "../host/picture_store.ts";
import { type CopyWatch, storeRecording, storeRecordingBytes } from "../host/recording_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import type { RecordingFormat } from "../protocol/recording_messages.ts";
import type { AttachmentSource } from "./attachments.ts";
import { nameAt, readAt } from "./picture_reader.ts";
import { storeRecordingAt } from "./recording_reader.ts";
import type { RecordingSource } from "./recordings.ts";

/** What animated pictures are taken for: a recording, or a picture of which the first frame is shown. */
export type AnimationUse = "recording" | "picture";

/** Names of files that can be nothing but recordings. */
const VIDEO_PATH = /\.(?:mp4|m4v|webm|mov|mkv)$/i;

/** What storing needs. */
export interface SourceParts {
  readonly store: PictureStore;
  /** Makes what is stored fit to be shown. */
  readonly shown: (storing: Promise<PictureRef>) => Promise<PictureRef>;
}

/** The file at an address. */
export function fileSource(uri: Uri, use: AnimationUse, parts: SourceParts): AttachmentSource {
  const origin = uri.toString();
  if (uri.scheme !== "file") {
    const name = nameAt(uri);
    if (VIDEO_PATH.test(uri.path) && uri.scheme !== "http" && uri.scheme !== "https") {
      // Shown at once, since reading it takes long.
      const store = (watch: CopyWatch) => storeRecordingAt(uri, name, parts.store.folder, watch);
      return { origin, store: () => Promise.resolve({ kind: "recording", name, origin, store }) };
    }
    return {
      origin,
      store: async () => await takeBytes(await readAt(uri, name), { name, origin, use }, parts),
    };
  }
  const { store, shown } = parts;
  const path = uri.fsPath;
  return {
    origin,
    store: async () => {
      const format = await videoFormat(path);
      if (format === null || !isRecording(format, use)) return await shown(store.addFile(path));
      return {
        kind: "recording",
        name: displayName(basename(path)),
        origin,
        store: (watch) => storeRecording(store.folder, path, format, watch),
      };
    },
  };
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

async function takeBytes(
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

function isRecording(format: RecordingFormat, use: AnimationUse): boolean {
  return use === "recording" || !isAnimation(format);
}
