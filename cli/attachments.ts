// Files of the command line as parts of a question.

import { isVideo } from "../host/is_video.ts";
import { PictureStore } from "../host/picture_store.ts";
import { type ReaderPlace, type ReadOptions, readVideo, type ReadWatch } from "../host/video_reader.ts";
import type { VisualPart } from "../protocol/conversation.ts";

/** A file that was taken in. */
export interface Attachment {
  /** As the person named it. */
  readonly file: string;
  readonly part: VisualPart;
}

/** A file whose kind is known; pictures have been taken in already. */
type Named = { readonly file: string; readonly part: Attachment["part"] | null };

/** Takes files in, each as what its content says, and forgets them at the end. */
export class Attachments implements AsyncDisposable {
  readonly #place: ReaderPlace;
  readonly #files: Named[] = [];

  private constructor(place: ReaderPlace) {
    this.#place = place;
  }

  static async open(place: Omit<ReaderPlace, "store">): Promise<Attachments> {
    return new Attachments({ ...place, store: await PictureStore.openPrivate(place.storageFolder) });
  }

  /** What the first file is; pictures where there is none. */
  get firstKind(): Attachment["part"]["kind"] {
    const [first] = this.#files;
    return first !== undefined && first.part === null ? "video" : "picture";
  }

  /**
   * Names a file. A picture is taken in at once, a video at the end.
   * @throws Failure "picture-…" or "storage-failed"
   */
  async add(file: string): Promise<void> {
    const part = await isVideo(file)
      ? null
      : { kind: "picture" as const, picture: await this.#place.store.addFile(file) };
    this.#files.push({ file, part });
  }

  /**
   * Reads the videos.
   * @returns all files in order
   * @throws Failure "video-…" or "storage-failed"; the signal's reason when it aborts
   */
  async finish(options: ReadOptions, watch: ReadWatch): Promise<Attachment[]> {
    const attachments: Attachment[] = [];
    for (const { file, part } of this.#files) {
      attachments.push({
        file,
        part: part ?? { kind: "video", video: await readVideo(this.#place, file, options, watch) },
      });
    }
    return attachments;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#place.store.removeAll();
  }
}
