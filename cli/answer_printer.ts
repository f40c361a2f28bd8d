// Prints an answer while it streams: stages and numbers on stderr, the answer on stdout.

import type { PictureNote, PictureReceipt } from "../protocol/conversation.ts";
import type { GenerateProgress, GenerateResult, Stage } from "../protocol/sidecar.ts";
import type { ReadProgress } from "../protocol/video_reader.ts";
import type { Attachment } from "./attachments.ts";
import { dim, printable, StatusLine } from "./terminal.ts";
import { describeVideo, videoToJson } from "./video_receipt.ts";

const STAGES: Readonly<Record<Stage, string>> = {
  "queued": "waiting for another request",
  "loading-model": "loading the model",
  "decoding-picture": "opening the picture",
  "reading-text": "reading text",
  "encoding-picture": "looking at the picture",
  "encoding-video": "looking at the video",
  "prefill": "reading the question",
  "generating": "",
};

/** Follows one answer. */
export class AnswerPrinter {
  readonly #isSilent: boolean;
  readonly #status = new StatusLine();
  #section: "thinking" | "answer" | null = null;

  /** @param isSilent print nothing but stages: the answer comes out in another form */
  constructor(isSilent: boolean) {
    this.#isSilent = isSilent;
  }

  /** Shows how far a video has been read. */
  showReading({ stage, done, total }: ReadProgress): void {
    const what = stage === "looking" ? "looking through the video" : "taking frames";
    this.#status.show(`${what} ${done}/${total}…`);
  }

  /** Shows a piece of progress. */
  show(progress: GenerateProgress): void {
    switch (progress.kind) {
      case "stage":
        return this.#stage(progress);
      case "receipt":
        return this.#receipt(describeReceipt(progress.picture));
      case "video-receipt":
        return this.#receipt(describeVideo(progress.video));
      case "left-out":
        this.clearStatus();
        for (const { name, tokenCount } of progress.parts) {
          process.stderr.write(
            `${dim(`– ${printable(name)}: left out to make room (${tokenCount} tokens)`, process.stderr)}\n`,
          );
        }
        return;
      case "thinking":
      case "answer":
        return this.#text(progress.kind, progress.text);
    }
  }

  /** Says how the answer ended, what it took and who gave it. */
  finish(result: GenerateResult): void {
    this.clearStatus();
    if (this.#isSilent) return;
    if (this.#section !== null) process.stdout.write("\n");
    const ending = describeEnding(result);
    if (ending !== "") process.stderr.write(`\n${ending}\n`);
    process.stderr.write(`\n${dim(describeNumbers(result), process.stderr)}\n`);
    if (result.model.isStandIn) {
      process.stderr.write(
        dim(
          `${
            printable(result.model.name)
          } is a small stand-in that answers at once and is sometimes wrong. ` +
            `The full model is MiniCPM-V 4.5: download openbmb/MiniCPM-V-4_5 from Hugging Face and pass --model <its folder>.`,
          process.stderr,
        ) + "\n",
      );
    }
  }

  clearStatus(): void {
    this.#status.clear();
  }

  #receipt(line: string): void {
    this.clearStatus();
    process.stderr.write(`${dim(line, process.stderr)}\n`);
  }

  #stage({ stage, done, total }: Extract<GenerateProgress, { kind: "stage" }>): void {
    const share = done !== undefined && total !== undefined && total > 1 ? ` ${done}/${total}` : "";
    if (STAGES[stage] === "") this.clearStatus();
    else this.#status.show(`${STAGES[stage]}${share}…`);
  }

  #text(section: "thinking" | "answer", text: string): void {
    if (this.#isSilent) return;
    this.clearStatus();
    if (this.#section === "thinking" && section === "answer") process.stdout.write("\n\n");
    this.#section = section;
    process.stdout.write(section === "thinking" ? dim(printable(text)) : printable(text));
  }
}

function describeReceipt(picture: PictureReceipt): string {
  const cells = picture.grid === null ? "" : `+${picture.grid.columns * picture.grid.rows}`;
  const parts = [
    `${picture.widthPx}×${picture.heightPx}`,
    `1${cells} ${cells === "" ? "slice" : "slices"}`,
    `${picture.tokenCount} tokens`,
    ...picture.notes.map(describeNote),
  ];
  return `✓ ${picture.name}: ${parts.join(" · ")}`;
}

function describeNote(note: PictureNote): string {
  switch (note.kind) {
    case "first-frame":
      return `first of ${note.frameCount} frames`;
    case "transparency-on-white":
      return "transparency shown on white";
    case "rotated-by-exif":
      return "turned as its camera data says";
    case "converted-to-srgb":
      return `colours converted from ${note.from}`;
    case "reduced-to-8-bit":
      return "16 bits a colour reduced to 8";
    case "vector-drawn-at":
      return `drawn at ${note.widthPx}×${note.heightPx}`;
    case "external-references-left-out":
      return "what it refers to outside itself was left out";
  }
}

function describeEnding({ stopReason, tokenIds }: GenerateResult): string {
  switch (stopReason) {
    case "end":
      return "";
    case "length":
      return `The answer was cut off after ${tokenIds.length} tokens. Allow more with --max-tokens.`;
    case "loop":
      return "The model began to repeat itself, so the answer was cut off. Ask again in other words.";
  }
}

function describeNumbers({ model, tokenIds, promptTokenIds, timings }: GenerateResult): string {
  return [
    `${printable(model.name)} (${model.precision})`,
    `first token ${(timings.firstTokenMs / 1000).toFixed(2)} s`,
    `${timings.decodeTokensPerSecond.toFixed(0)} tokens/s`,
    `${promptTokenIds.length} + ${tokenIds.length} tokens`,
  ].join(" · ");
}

/** The object that `--json` prints. */
export function toJson(result: GenerateResult, attachments: readonly Attachment[]): object {
  const { model, text, thinking, stopReason, promptTokenIds, tokenIds, pictures, ocr, timings } = result;
  const { decodeImageMs, visionMs, prefillMs, firstTokenMs, decodeTokensPerSecond } = timings;
  const filesOf = (kind: Attachment["part"]["kind"]) =>
    attachments.filter(({ part }) => part.kind === kind).map(({ file }) => file);
  const files = filesOf("picture");
  const videos = result.videos.map((video, i) => ({ file: filesOf("video")[i], ...videoToJson(video) }));
  return {
    model: model.id,
    text,
    thinking,
    stopReason,
    promptTokenIds,
    tokenIds,
    images: pictures.map(({ widthPx, heightPx, sliceCount, tokenCount }, i) => ({
      file: files[i],
      width: widthPx,
      height: heightPx,
      slices: sliceCount,
      tokens: tokenCount,
    })),
    ...(videos.length === 0 ? {} : { videos }),
    ocr: ocr?.map(({ lines }, i) => ({ file: files[i], lines })) ?? null,
    timings: { decodeImageMs, visionMs, prefillMs, firstTokenMs, decodeTokensPerSecond },
  };
}
