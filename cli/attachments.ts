// Files of the command line as parts of a question.

import { isVideo } from "../host/is_video.ts";
import { PictureStore } from "../host/picture_store.ts";
import { VideoStore } from "../host/video_store.ts";
import type { UserPart, VideoSampling } from "../protocol/conversation.ts";

/** A file that was taken in. */
export interface Attachment {
  /** As the person named it. */
  readonly file: string;
  readonly part: Exclude<UserPart, { kind: "text" }>;
}

/** Takes files in, each as what its content says, and forgets them at the end. */
export class Attachments implements AsyncDisposable {
  readonly #pictures: PictureStore;
  readonly #videos: VideoStore;
  readonly #taken: Attachment[] = [];

  private constructor(pictures: PictureStore, videos: VideoStore) {
    this.#pictures = pictures;
    this.#videos = videos;
  }

  static async open(storageFolder: string): Promise<Attachments> {
    return new Attachments(await PictureStore.openPrivate(storageFolder), new VideoStore(storageFolder));
  }

  get all(): readonly Attachment[] {
    return this.#taken;
  }

  /**
   * Takes a file in.
   * @param sampling for a video
   * @throws Failure "picture-…", "video-…" or "storage-failed"; the signal's reason when it aborts
   */
  async add(file: string, sampling: VideoSampling, signal: AbortSignal): Promise<void> {
    this.#taken.push({
      file,
      part: await isVideo(file)
        ? { kind: "video", video: await this.#videos.addFile(file, signal), sampling }
        : { kind: "picture", picture: await this.#pictures.addFile(file) },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pictures.removeAll();
    for (const { part } of this.#taken) {
      if (part.kind === "video" && "sha256" in part.video) await this.#videos.remove(part.video);
    }
  }
}
