// Pictures and videos of a conversation in their order: opened, read and encoded, each in the way of its kind.

import type { TextLine, Turn, Video, VideoReceipt } from "../protocol/conversation.ts";
import type { GenerateProgress, PictureText, Stage } from "../protocol/sidecar.ts";
import type { Model, ModelDescription } from "./model/model.ts";
import type { NamedTokens, OpenPicture, Pictures, TextReader } from "./pictures.ts";
import { type OpenVideo, Videos } from "./videos.ts";

/** A picture or a video that is ready to be encoded. */
export type OpenVisual =
  | { readonly kind: "picture"; readonly picture: OpenPicture }
  | { readonly kind: "video"; readonly video: OpenVideo };

/** Text read from a picture or from a video's key frames. */
export interface VisualText {
  /** Lines as they go into the prompt. */
  readonly texts: readonly string[];
  /** Where the lines stand; left out for a video. */
  readonly lines?: readonly TextLine[];
}

/** How work on a conversation's pictures and videos is followed and stopped. */
export interface VisualWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: GenerateProgress) => void;
}

/** Opens, reads and encodes what there is to see in a conversation. */
export class Visuals {
  readonly #pictures: Pictures;
  readonly #videos: Videos;

  constructor(pictures: Pictures) {
    this.#pictures = pictures;
    this.#videos = new Videos(pictures);
  }

  /**
   * Opens all pictures and videos, and confirms each.
   * @throws Failure "picture-…" or "video-…"; the signal's reason when it aborts
   */
  async open(
    conversation: readonly Turn[],
    model: Model,
    { signal, onProgress }: VisualWatch,
  ): Promise<OpenVisual[]> {
    const parts = conversation.flatMap((turn) => turn.role === "user" ? turn.content : [])
      .filter((part) => part.kind !== "text");
    const opened: OpenVisual[] = [];
    for (const part of parts) {
      onProgress({ kind: "stage", stage: "decoding-picture", done: opened.length, total: parts.length });
      if (part.kind === "picture") {
        const picture = await this.#pictures.open(part.picture, model, signal);
        onProgress({ kind: "receipt", picture: picture.receipt });
        opened.push({ kind: "picture", picture });
      } else {
        const video = await this.#videos.open(part.video, model, signal);
        onProgress({ kind: "video-receipt", video: video.receipt });
        opened.push({ kind: "video", video });
      }
    }
    return opened;
  }

  /**
   * What sending a video means.
   * @throws Failure "video-…" or "picture-…"; the signal's reason when it aborts
   */
  async inspect(video: Video, model: ModelDescription, signal: AbortSignal): Promise<VideoReceipt> {
    return (await this.#videos.open(video, model, signal)).receipt;
  }

  /**
   * The text of each, in order.
   * @param openReader gives the text reader, as late as possible
   * @throws Failure; the signal's reason when it aborts
   */
  async readTexts(
    opened: readonly OpenVisual[],
    openReader: () => Promise<TextReader>,
    { signal, onProgress }: VisualWatch,
  ): Promise<VisualText[]> {
    const tell = tellStage("reading-text", onProgress);
    const texts: VisualText[] = [];
    for (const visual of opened) {
      onProgress({ kind: "stage", stage: "reading-text" });
      if (visual.kind === "video") {
        texts.push({
          texts: await this.#videos.readText(visual.video, openReader, { signal, onProgress: tell }),
        });
        continue;
      }
      const { lines } = await this.#pictures.readText(visual.picture.ref, openReader, {
        signal,
        onProgress: (_, done, total) => tell(done, total),
      });
      texts.push({ texts: lines.map(({ text }) => text), lines });
    }
    return texts;
  }

  /**
   * Visual tokens of each picture and of each group of frames, in order.
   * @throws Failure; the signal's reason when it aborts
   */
  async encode(
    opened: readonly OpenVisual[],
    model: Model,
    { signal, onProgress }: VisualWatch,
  ): Promise<NamedTokens[]> {
    const total = opened.reduce((sum, visual) => sum + sliceCountOf(visual), 0);
    const tellPictures = tellStage("encoding-picture", onProgress);
    const tellVideo = tellStage("encoding-video", onProgress);
    const tokens: NamedTokens[] = [];
    let before = 0;
    for (const visual of opened) {
      if (visual.kind === "video") {
        tellVideo(0, visual.video.receipt.groupCount);
        tokens.push(...await this.#videos.encode(visual.video, model, { signal, onProgress: tellVideo }));
        continue;
      }
      tellPictures(before, total);
      tokens.push(
        await this.#pictures.encode(
          visual.picture,
          model,
          signal,
          (done) => tellPictures(before + done, total),
        ),
      );
      before += sliceCountOf(visual);
    }
    return tokens;
  }
}

/** The texts of the pictures alone, which people see beside them. */
export function pictureTexts(opened: readonly OpenVisual[], texts: readonly VisualText[]): PictureText[] {
  return opened.flatMap((visual, i) =>
    visual.kind === "picture" ? [{ sha256: visual.picture.ref.sha256, lines: texts[i]?.lines ?? [] }] : []
  );
}

function tellStage(stage: Stage, onProgress: VisualWatch["onProgress"]) {
  return (done: number, total: number) => onProgress({ kind: "stage", stage, done, total });
}

/** Slices of a picture; groups of a video are counted by themselves. */
function sliceCountOf(visual: OpenVisual): number {
  return visual.kind === "picture" ? visual.picture.receipt.sliceCount : 0;
}
