// Attachments that come from files that VS Code names by an address, also ones that are not on this machine.

import { basename } from "node:path";
import type { Uri } from "vscode";
import { displayName } from "../host/display_name.ts";
import { videoFormat } from "../host/is_video.ts";
import { type CopyWatch, storeRecording } from "../host/recording_store.ts";
import { type AnimationUse, isRecording, type SourceParts, takeBytes } from "./attachment_sources.ts";
import type { AttachmentSource } from "./attachments.ts";
import { nameAt, readAt } from "./picture_reader.ts";
import { storeRecordingAt } from "./recording_reader.ts";

/** Names of files that can be nothing but recordings. */
const VIDEO_PATH = /\.(?:mp4|m4v|webm|mov|mkv)$/i;

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
