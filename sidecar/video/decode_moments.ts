// Frames at moments of a stream. Each group of pictures (from a key packet to the next) that holds a wanted frame is
// decoded up to the last wanted one, and all other frames are released at once.

import { breathe } from "../breathe.ts";
import type { Pixels } from "../image/pixels.ts";
import type { CodecLibrary, DecodedFrame, DecoderConfig } from "./codec_library.ts";
import { FrameQueue } from "./frame_queue.ts";
import { byteLengthOf, layoutOf } from "./pixel_layout.ts";
import { type StreamColors, toPixels } from "./to_pixels.ts";

/** A piece of the stream, as containers hold them. */
export interface Packet {
  readonly type: "key" | "delta";
  /** Seconds, in order of presentation. */
  readonly timestamp: number;
  readonly microsecondTimestamp: number;
  readonly microsecondDuration: number;
  /** Grows in order of decoding. */
  readonly sequenceNumber: number;
  readonly data: Uint8Array;
}

/** Finds packets; null where there is none or it cannot be read. */
export interface PacketReader<P extends Packet> {
  /** The packet on screen at a moment, the first one before it. May come without data. */
  at(timeS: number): Promise<P | null>;
  /** The key packet that a packet's decoding begins with. */
  keyBefore(packet: P): Promise<P | null>;
  /** The next one in order of decoding. */
  next(packet: P): Promise<P | null>;
}

/** A stream of packets with what decoding needs. */
export interface PacketStream<P extends Packet> {
  readonly config: DecoderConfig;
  readonly colors: StreamColors;
  readonly packets: PacketReader<P>;
}

/** Wanted frames that one key packet begins. */
interface Run<P> {
  readonly key: P;
  /** Places in the list of moments, by the frame's timestamp. */
  readonly wanted: Map<number, number[]>;
  lastSequence: number;
}

/**
 * The frames on screen at some moments; those that cannot be decoded are left out.
 * @param timesS ascending
 */
export async function* decodeMoments<P extends Packet>(
  stream: PacketStream<P>,
  timesS: readonly number[],
  codecs: CodecLibrary,
): AsyncGenerator<{ index: number; pixels: Pixels }, void, undefined> {
  let run: Run<P> | null = null;
  for (const [index, timeS] of timesS.entries()) {
    const packet = await stream.packets.at(timeS);
    const key = packet === null ? null : await stream.packets.keyBefore(packet);
    if (packet === null || key === null) continue;
    if (run !== null && run.key.sequenceNumber !== key.sequenceNumber) {
      yield* decodeRun(stream, run, codecs);
      run = null;
    }
    run ??= { key, wanted: new Map(), lastSequence: 0 };
    const { microsecondTimestamp, sequenceNumber } = packet;
    run.wanted.set(microsecondTimestamp, [...run.wanted.get(microsecondTimestamp) ?? [], index]);
    run.lastSequence = Math.max(run.lastSequence, sequenceNumber);
  }
  if (run !== null) yield* decodeRun(stream, run, codecs);
}

async function* decodeRun<P extends Packet>(
  { config, colors, packets }: PacketStream<P>,
  { key, wanted, lastSequence }: Run<P>,
  codecs: CodecLibrary,
): AsyncGenerator<{ index: number; pixels: Pixels }, void, undefined> {
  using queue = new FrameQueue(codecs, config, (timestamp) => wanted.has(timestamp));
  const pause = breathe();
  const convert = async function* () {
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const pixels = await readFrame(next.frame, config, colors);
      for (const index of wanted.get(next.timestamp) ?? []) {
        yield { index, pixels };
      }
    }
  };
  let packet: P | null = key;
  while (packet !== null && packet.sequenceNumber <= lastSequence && queue.isOpen) {
    // Pictures shown before the key refer to ones before it.
    if (packet.microsecondTimestamp >= key.microsecondTimestamp) await queue.push(packet);
    yield* convert();
    if (pause.isDue) await pause.now();
    packet = await packets.next(packet);
  }
  await queue.finish();
  yield* convert();
}

async function readFrame(
  frame: DecodedFrame,
  config: DecoderConfig,
  colors: StreamColors,
): Promise<Pixels> {
  try {
    const layout = layoutOf(frame.format, config);
    if (layout === null) throw new Error(`frames in the format ${frame.format ?? "unknown"} cannot be read`);
    const size = { width: frame.codedWidth, height: frame.codedHeight };
    const bytes = new Uint8Array(byteLengthOf(layout, size.width, size.height));
    await frame.copyTo(bytes);
    return toPixels(bytes, layout, size, colors);
  } finally {
    frame.close();
  }
}
