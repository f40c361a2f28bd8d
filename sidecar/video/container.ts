// Videos in containers: mp4, mov, webm, mkv. The only file that knows the library that reads them.

import {
  ALL_FORMATS,
  CustomSource,
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputVideoTrack,
} from "mediabunny";
import type { VideoNote } from "../../protocol/conversation.ts";
import type { CodecLibrary, DecoderConfig } from "./codec_library.ts";
import { decodeMoments, type PacketReader } from "./decode_moments.ts";
import { layoutOf } from "./pixel_layout.ts";
import { type StreamColors, turn } from "./to_pixels.ts";
import { damaged, unsupported, withoutPictures } from "./video_failure.ts";
import type { VideoDescription, VideoSource } from "./video_source.ts";

/** Packets that are counted for the frame rate; of more, the rest is taken to be like them. */
const COUNTED_PACKETS = 20_000;
/** Containers round times to milliseconds or worse, and a frame's own time must find that frame. */
const ROUNDING_S = 0.004;
/** Memory for parts of the file. */
const CACHE_BYTES = 8 * 2 ** 20;

/**
 * Opens a video file.
 * @param codecs null where this platform has none
 * @throws Failure "video-…"
 */
export async function openContainer(
  path: string,
  name: string,
  codecs: CodecLibrary | null,
): Promise<VideoSource> {
  const input = await openInput(path);
  try {
    if (!await input.canRead()) throw damaged(name, "its container cannot be read");
    if ((await input.getTracks()).length === 0) throw damaged(name, "its description is missing");
    const track = await firstTrack(input, name);
    const config = await decoderConfig(track, name);
    if (codecs === null) throw withoutDecoder(name);
    if (!await canDecode(config, codecs)) throw undecodable(name, config.codec);
    const description = await describe(input, track);
    return new ContainerVideo(input, track, config, codecs, description);
  } catch (cause) {
    input.dispose();
    throw cause instanceof Error && cause.name === "Failure" ? cause : damaged(name, reasonOf(cause), cause);
  }
}

async function openInput(path: string): Promise<Input> {
  const file = await Deno.open(path);
  const { size } = await file.stat();
  const source = new CustomSource({
    getSize: () => size,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      await file.seek(start, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) {
        const count = await file.read(bytes.subarray(at));
        if (count === null) return bytes.subarray(0, at);
        at += count;
      }
      return bytes;
    },
    dispose: () => file.close(),
    maxCacheSize: CACHE_BYTES,
    prefetchProfile: "fileSystem",
  });
  return new Input({ formats: ALL_FORMATS, source });
}

async function firstTrack(input: Input, name: string): Promise<InputVideoTrack> {
  const track = await input.getPrimaryVideoTrack();
  if (track !== null) return track;
  const hasSound = await input.getPrimaryAudioTrack() !== null;
  throw withoutPictures(name, hasSound);
}

async function decoderConfig(track: InputVideoTrack, name: string): Promise<DecoderConfig> {
  const config = await track.getDecoderConfig();
  if (config === null) {
    throw undecodable(name, `${await track.getInternalCodecId() ?? "its pictures"}`);
  }
  return config;
}

function undecodable(name: string, codec: string) {
  return unsupported(
    name,
    `nothing here decodes ${codec}. Save it as an MP4 with H.264, or give pictures of what you mean`,
  );
}

function withoutDecoder(name: string) {
  return unsupported(
    name,
    `video files cannot be read on ${Deno.build.os} (${Deno.build.arch}) yet. Give an animated GIF or WebP, or pictures ` +
      `of what you mean`,
  );
}

async function canDecode(config: DecoderConfig, codecs: CodecLibrary): Promise<boolean> {
  if (layoutOf(null, config) === null) return false;
  try {
    return (await codecs.VideoDecoder.isConfigSupported(config)).supported === true;
  } catch {
    return false; // A codec that the library has not heard of.
  }
}

async function describe(input: Input, track: InputVideoTrack): Promise<VideoDescription> {
  const stats = await track.computePacketStats(COUNTED_PACKETS);
  if (stats.packetCount === 0) throw new Error("it holds no pictures");
  const firstS = await track.getFirstTimestamp();
  const durationS = Math.max(await track.computeDuration() - firstS, 0);
  const isCounted = stats.packetCount < COUNTED_PACKETS;
  const frameRate = stats.averagePacketRate > 0 && Number.isFinite(stats.averagePacketRate)
    ? stats.averagePacketRate
    : 1;
  const rotation = await track.getRotation();
  const notes: VideoNote[] = rotation === 0 ? [] : [{ kind: "turned", degrees: rotation }];
  return {
    format: (await input.getFormat()).name.toLowerCase(),
    codec: await track.getCodec(),
    durationS: durationS > 0 ? durationS : stats.packetCount / frameRate,
    frameRate,
    frameCount: isCounted ? stats.packetCount : Math.max(1, Math.round(durationS * frameRate)),
    widthPx: await track.getDisplayWidth(),
    heightPx: await track.getDisplayHeight(),
    notes,
  };
}

class ContainerVideo implements VideoSource {
  readonly description: VideoDescription;
  readonly #input: Input;
  readonly #track: InputVideoTrack;
  readonly #config: DecoderConfig;
  readonly #codecs: CodecLibrary;

  constructor(
    input: Input,
    track: InputVideoTrack,
    config: DecoderConfig,
    codecs: CodecLibrary,
    description: VideoDescription,
  ) {
    this.#input = input;
    this.#track = track;
    this.#config = config;
    this.#codecs = codecs;
    this.description = description;
  }

  async *frames(timesS: readonly number[]) {
    const firstS = await this.#track.getFirstTimestamp();
    const rotation = await this.#track.getRotation();
    const stream = {
      config: this.#config,
      colors: await this.#track.getColorSpace() as StreamColors,
      packets: packetsOf(this.#track),
    };
    const moments = timesS.map((time) => firstS + time + ROUNDING_S);
    for await (const { index, pixels } of decodeMoments(stream, moments, this.#codecs)) {
      yield { index, pixels: turn(pixels, rotation) };
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#input.dispose();
    return Promise.resolve();
  }
}

/** The packets of a track; what lies past the end of a file that was cut short counts as not there. */
function packetsOf(track: InputVideoTrack): PacketReader<EncodedPacket> {
  const sink = new EncodedPacketSink(track);
  const orNull = <T>(promise: Promise<T>) => promise.catch(() => null);
  return {
    at: async (timeS) =>
      await orNull(sink.getPacket(timeS, { metadataOnly: true })) ??
        await orNull(sink.getFirstPacket({ metadataOnly: true })),
    keyBefore: async ({ timestamp }) => {
      const options = { verifyKeyPackets: true };
      // The time of a last packet that lasts no time finds nothing.
      const key = await orNull(sink.getKeyPacket(timestamp, options)) ??
        await orNull(sink.getKeyPacket(Infinity, options));
      return key !== null && key.timestamp <= timestamp ? key : null;
    },
    next: (packet) => orNull(sink.getNextPacket(packet)),
  };
}

function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.trim().split("\n")[0]?.replace(/\.$/, "") ?? "";
}
