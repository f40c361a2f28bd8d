// Brings a recording that VS Code names by an address and that is not on this machine into the store.

import { FileType, type Uri, workspace } from "vscode";
import { formatOfHead } from "../host/is_video.ts";
import {
  checkRecordingSize,
  type CopyWatch,
  type RecordingRef,
  storeRecordingBytes,
} from "../host/recording_store.ts";
import { videoFailure } from "../protocol/errors.ts";

/** Largest file that is read from elsewhere: VS Code gives all of it at once. */
const MAX_REMOTE_BYTES = 256 * 2 ** 20;

/**
 * Stores the recording at an address.
 * @param folder of the store
 * @throws Failure "video-…" or "storage-failed"; the signal's reason when it aborts
 */
export async function storeRecordingAt(
  uri: Uri,
  name: string,
  folder: string,
  watch: CopyWatch,
): Promise<RecordingRef> {
  const { type, size } = await orRefuse(workspace.fs.stat(uri), name);
  if ((type & FileType.Directory) !== 0) throw videoFailure("video-unreadable", name, "it is a folder");
  checkRecordingSize(size, name, MAX_REMOTE_BYTES);
  const bytes = await orRefuse(workspace.fs.readFile(uri), name);
  watch.signal?.throwIfAborted();
  const format = formatOfHead(bytes);
  if (format === null) {
    throw videoFailure(
      "video-format-unsupported",
      name,
      "its content is no recording. Save it as MP4 or WebM",
    );
  }
  return await storeRecordingBytes(folder, bytes, { name, format }, watch);
}

async function orRefuse<T>(reading: Thenable<T>, name: string): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw videoFailure("video-unreadable", name, `the file cannot be read (${reason})`, cause);
  }
}
