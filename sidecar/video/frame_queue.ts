// Packets in, wanted frames out, whichever library decodes.

import type { CodecLibrary, DecodedFrame, DecoderConfig, FrameDecoder } from "./codec_library.ts";

/** Packets given to a decoder that works beside us before we wait for it. */
const MAX_AHEAD = 8;
/** Keeps the program alive while only a decoder works. */
const KEEP_ALIVE_MS = 1000;

/** A decoder for one run of packets that begins with a key. */
export class FrameQueue implements Disposable {
  readonly #codecs: CodecLibrary;
  readonly #decoder: FrameDecoder;
  readonly #isWanted: (timestamp: number) => boolean;
  /** Timestamps of pictures that are to come out, ascending. Decoders give pictures in order of presentation. */
  readonly #pending: number[] = [];
  readonly #ready: { readonly timestamp: number; readonly frame: DecodedFrame }[] = [];
  readonly #isVp8: boolean;
  #failedCount = 0;

  /** @param isWanted whether a frame, named by its time in microseconds, is kept; others are released at once */
  constructor(codecs: CodecLibrary, config: DecoderConfig, isWanted: (timestamp: number) => boolean) {
    this.#codecs = codecs;
    this.#isWanted = isWanted;
    this.#isVp8 = config.codec === "vp8";
    this.#decoder = new codecs.VideoDecoder({
      output: (frame) => this.#receive(frame),
      error: () => this.#failedCount++,
    });
    // Decoding in place of a thread beside: an error there would be told after its memory is gone.
    try {
      this.#decoder.configure({ ...config, useWorkerThread: false });
    } catch {
      this.#failedCount++; // A damaged description: the decoder stays closed, and no frame comes out.
    }
  }

  /** Whether more packets may come; a damaged one may end that. */
  get isOpen(): boolean {
    return this.#decoder.state === "configured";
  }

  /** Gives a packet to the decoder and waits while it has enough to do. */
  async push(packet: {
    readonly type: "key" | "delta";
    readonly microsecondTimestamp: number;
    readonly microsecondDuration: number;
    readonly data: Uint8Array;
  }): Promise<void> {
    const { type, microsecondTimestamp: timestamp, microsecondDuration: duration, data } = packet;
    if (!this.#isVp8 || showsPicture(data)) {
      const place = this.#pending.findLastIndex((other) => other <= timestamp) + 1;
      this.#pending.splice(place, 0, timestamp);
    }
    const failedBefore = this.#failedCount;
    this.#decoder.decode(new this.#codecs.EncodedVideoChunk({ type, timestamp, duration, data }));
    if (this.#failedCount > failedBefore) this.#forget(timestamp);
    while (this.isOpen && this.#decoder.decodeQueueSize > MAX_AHEAD) {
      await keepAlive(new Promise<void>((resolve) => this.#decoder.ondequeue = () => resolve()));
    }
  }

  /** Waits for the frames of all packets. */
  async finish(): Promise<void> {
    if (!this.isOpen) return;
    await keepAlive(this.#decoder.flush().catch(() => this.#failedCount++));
  }

  /** The next wanted frame that has come out, which must be closed; undefined when there is none yet. */
  take(): { readonly timestamp: number; readonly frame: DecodedFrame } | undefined {
    return this.#ready.shift();
  }

  #receive(frame: DecodedFrame): void {
    const timestamp = this.#pending.shift();
    if (timestamp !== undefined && this.#isWanted(timestamp)) this.#ready.push({ timestamp, frame });
    else frame.close();
  }

  #forget(timestamp: number): void {
    const place = this.#pending.indexOf(timestamp);
    if (place >= 0) this.#pending.splice(place, 1);
  }

  [Symbol.dispose](): void {
    for (const { frame } of this.#ready) frame.close();
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }
}

/** Whether a VP8 packet is shown; others only serve as a reference. @see RFC 6386, section 9.1 */
function showsPicture(data: Uint8Array): boolean {
  return ((data[0] ?? 0) & 0x10) !== 0;
}

async function keepAlive<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, KEEP_ALIVE_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
