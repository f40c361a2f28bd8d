// The only file that knows the packages with video codecs. Both speak WebCodecs. Neither tells a frame's own timestamp
// where pictures are coded out of order.
// The product carries the first, whose FFmpeg is LGPL. The second holds GPL encoders and serves development only.

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

/** Packages in the order in which they are tried. */
export const CODEC_PACKAGES = ["node-webcodecs", "@napi-rs/webcodecs"] as const;

/** Loads a package with codecs for this platform; null where none is installed. */
export async function loadCodecLibrary(
  packages: readonly (typeof CODEC_PACKAGES)[number][] = CODEC_PACKAGES,
): Promise<CodecLibrary | null> {
  for (const name of packages) {
    const library = name === "node-webcodecs"
      ? await loadNodeWebcodecs()
      : await importIfInstalled<CodecLibrary>(() => import("@napi-rs/webcodecs"));
    if (library !== null) return library;
  }
  return null;
}

async function loadNodeWebcodecs(): Promise<CodecLibrary | null> {
  // Its own FFmpeg, not one that the system happens to have.
  process.env["NODE_WEBCODECS_FORCE"] = "static";
  const loaded = await importIfInstalled<CodecLibrary & { getNativeVariant(): string | undefined }>(() =>
    import("node-webcodecs")
  );
  return loaded?.getNativeVariant() === "static" ? loaded : null;
}

async function importIfInstalled<T>(load: () => Promise<unknown>): Promise<T | null> {
  try {
    return await load() as T;
  } catch (error) {
    // Not installed, or without a library for this platform.
    if (
      error instanceof Error && /not found|cannot find|could not find|not a dependency/i.test(error.message)
    ) return null;
    throw error;
  }
}
