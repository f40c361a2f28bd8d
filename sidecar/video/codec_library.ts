// The only file that knows the package with video codecs. It speaks WebCodecs, and does not tell a frame's own timestamp
// where pictures are coded out of order. Its FFmpeg is built under the LGPL. A damaged video can make it corrupt the
// memory of its process, so it is loaded in none that does anything else.

import process from "node:process";

/** A decoded picture in memory outside JavaScript; must be closed. */
export interface DecodedFrame {
  /** Pixel format as WebCodecs names it, such as "I420". */
  readonly format: string | null;
  readonly codedWidth: number;
  readonly codedHeight: number;
  copyTo(target: Uint8Array): Promise<unknown>;
  close(): void;
}

/** What a decoder must know of a stream. */
export interface DecoderConfig {
  readonly codec: string;
  readonly codedWidth?: number | undefined;
  readonly codedHeight?: number | undefined;
  readonly description?: AllowSharedBufferSource | undefined;
}

/** A decoder of one stream. */
export interface FrameDecoder {
  readonly state: string;
  readonly decodeQueueSize: number;
  ondequeue: ((event: Event) => void) | null;
  configure(config: DecoderConfig & { readonly useWorkerThread?: boolean }): void;
  decode(chunk: object): void;
  flush(): Promise<void>;
  close(): void;
}

/** A package with video codecs. */
export interface CodecLibrary {
  readonly VideoDecoder: {
    new (callbacks: { output(frame: DecodedFrame): void; error(error: Error): void }): FrameDecoder;
    isConfigSupported(config: DecoderConfig): Promise<{ readonly supported?: boolean }>;
  };
  readonly EncodedVideoChunk: new (
    chunk: { type: "key" | "delta"; timestamp: number; duration: number; data: Uint8Array },
  ) => object;
}

/** Loads the codecs for this platform; null where there are none. */
export async function loadCodecLibrary(): Promise<CodecLibrary | null> {
  // Its own FFmpeg, not one that the system happens to have.
  process.env["NODE_WEBCODECS_FORCE"] = "static";
  try {
    const loaded: object = await import("node-webcodecs");
    const library = loaded as CodecLibrary & { getNativeVariant(): string | undefined };
    return library.getNativeVariant() === "static" ? library : null;
  } catch (error) {
    // Not installed, or without a library for this platform.
    const text = error instanceof Error ? error.message : "";
    if (/not found|cannot find|could not find|not a dependency/i.test(text)) return null;
    throw error;
  }
}
