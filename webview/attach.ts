// Reads files that a person brings and sends their bytes to the extension, which alone judges them.

import type { FromPanel, PanelFailure } from "../protocol/panel.ts";
import type { Translate } from "./texts.ts";
import { MAX_FILE_BYTES } from "./transfer.ts";

/** Names of recordings, of which larger files can be chosen than dropped. */
const VIDEO_NAME = /\.(?:mp4|m4v|webm|mov|mkv)$/i;

/** Where files go, and where the reason goes when one cannot be read. */
export interface Attaching {
  readonly post: (message: FromPanel) => void;
  readonly refuse: (failure: PanelFailure) => void;
  readonly t: Translate;
}

/** Sends files one after the other, in their order. */
export async function attachFiles(files: readonly File[], { post, refuse, t }: Attaching): Promise<void> {
  for (const file of files) {
    const name = attachmentName(file, t);
    if (file.size > MAX_FILE_BYTES) {
      refuse(tooLarge(name, file.size, t));
      continue;
    }
    try {
      post({ kind: "attach-bytes", name, bytes: new Uint8Array(await file.arrayBuffer()) });
    } catch (error) {
      // A folder, or a file that is gone or locked.
      refuse(unreadable(name, error, t));
    }
  }
}

/** The file's name; browsers call whatever is on the clipboard "image.png". */
export function attachmentName({ name }: Pick<File, "name">, t: Translate): string {
  const [, extension] = /^image\.(\w+)$/.exec(name) ?? [];
  return extension === undefined ? name : `${t("Pasted picture")}.${extension}`;
}

function tooLarge(name: string, sizeBytes: number, t: Translate): PanelFailure {
  const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  return {
    kind: "picture-too-large",
    headline: t("{0} was not added.", name),
    message: VIDEO_NAME.test(name)
      ? t(
        "The file has {0} MB, and {1} MB can be pasted or dropped. Choose it with the plus button, or save a shorter part of it.",
        mebibytes(sizeBytes),
        mebibytes(MAX_FILE_BYTES),
      )
      : t(
        "The file has {0} MB, and the limit is {1} MB. Crop the picture or save it smaller.",
        mebibytes(sizeBytes),
        mebibytes(MAX_FILE_BYTES),
      ),
    actions: [],
  };
}

function unreadable(name: string, error: unknown, t: Translate): PanelFailure {
  return {
    kind: "picture-unreadable",
    headline: t("{0} was not added.", name),
    message: t(
      "It could not be read ({0}). Folders cannot be added; choose a picture.",
      error instanceof Error ? error.message : String(error),
    ),
    actions: [],
  };
}
