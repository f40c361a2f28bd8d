// A folder with videos in it, a store for their frames, and readers started as hosts start them.

import { PictureStore } from "../../host/picture_store.ts";
import { readVideo, type ReadWatch } from "../../host/video_reader.ts";
import type { Video } from "../../protocol/conversation.ts";
import type { VideoSampling } from "../../protocol/video_reader.ts";
import { decodePicture } from "../../sidecar/image/decode.ts";
import type { Pixels } from "../../sidecar/image/pixels.ts";
import { LAYOUT } from "./sidecar.ts";
import { tempFolder } from "./temp_folder.ts";

/** A place for videos that is gone at its end. */
export class VideoPlace implements AsyncDisposable {
  readonly path: string;
  readonly store: PictureStore;
  readonly #end: () => Promise<void>;

  private constructor(path: string, end: () => Promise<void>) {
    this.path = path;
    this.store = new PictureStore(`${path}/storage`);
    this.#end = end;
  }

  static async open(): Promise<VideoPlace> {
    const folder = await tempFolder();
    return new VideoPlace(folder.path, () => folder[Symbol.asyncDispose]());
  }

  /** Writes a file and gives its path. */
  async put(name: string, bytes: Uint8Array): Promise<string> {
    await Deno.writeFile(`${this.path}/${name}`, bytes);
    return `${this.path}/${name}`;
  }

  /** Reads a file as hosts do. */
  read(path: string, sampling: VideoSampling = {}, watch: ReadWatch = {}, maxGroups = 180): Promise<Video> {
    const place = { layout: LAYOUT, storageFolder: `${this.path}/storage`, store: this.store };
    return readVideo(place, path, { sampling, maxGroups }, watch);
  }

  /** Frames as the sidecar would decode them. */
  async pixelsOf({ frames }: Video): Promise<Pixels[]> {
    const decoded: Pixels[] = [];
    for (const { picture } of frames) {
      const bytes = await Deno.readFile(this.store.pathOf(picture));
      decoded.push((await decodePicture(bytes, picture.name)).pixels);
    }
    return decoded;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }
}
