// Videos made in the test run: encoded by the development package's encoders and put into containers.

import process from "node:process";
import * as development from "@napi-rs/webcodecs";
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  WebMOutputFormat,
} from "mediabunny";

import { PictureOrder } from "./picture_order.ts";

type Codec = "avc" | "hevc" | "vp8" | "vp9" | "av1";
type Container = "mp4" | "mov" | "webm" | "mkv";

/** What to make. */
export interface VideoRecipe {
  readonly codec: Codec;
  readonly container: Container;
  readonly width?: number;
  readonly height?: number;
  /** Seconds at which each frame begins; the last one ends after {@link lastS}. */
  readonly timesS: readonly number[];
  readonly lastS?: number;
  /** Frames between key frames. */
  readonly keyInterval?: number;
  /** Code pictures out of the order in which they are shown; for hevc. */
  readonly reorders?: boolean;
  readonly rotation?: 0 | 90 | 180 | 270;
  /** Red, green and blue at a place of a frame; by default one grey a frame, see {@link greyOf}. */
  /** In place of {@link paint}: planes Y, U and V of a frame, which may change once the next is asked for. */
  readonly planes?: (frame: number) => Uint8Array;
  readonly paint?: (frame: number, x: number, y: number) => readonly [number, number, number];
}

const CODEC_STRINGS: Readonly<Record<Codec, string>> = {
  avc: "avc1.640028",
  hevc: "hev1.1.6.L93.B0",
  vp8: "vp8",
  vp9: "vp09.00.10.08",
  av1: "av01.0.04M.08",
};

const FORMATS: Readonly<Record<Container, () => OutputFormat>> = {
  mp4: () => new Mp4OutputFormat({ fastStart: "in-memory" }),
  mov: () => new MovOutputFormat({ fastStart: "in-memory" }),
  webm: () => new WebMOutputFormat(),
  mkv: () => new MkvOutputFormat(),
};

/** Times of frames at a constant rate. */
export function steady(count: number, rate: number): number[] {
  return Array.from({ length: count }, (_, i) => i / rate);
}

/** The grey of a frame that is not painted otherwise: tells the first 24 frames apart, then begins again. */
export function greyOf(frame: number): number {
  return 10 + (frame % 24) * 10;
}

/** Encodes a video. */
export async function makeVideo(recipe: VideoRecipe): Promise<Uint8Array<ArrayBuffer>> {
  const { codec, container, timesS, width = 64, height = 48, keyInterval = 30 } = recipe;
  const codecs = width % 2 + height % 2 > 0 ? await productsCodecs() : development;
  const target = new BufferTarget();
  const output = new Output({ format: FORMATS[container](), target });
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source, recipe.rotation === undefined ? {} : { rotation: recipe.rotation });
  await output.start();
  let adding: Promise<void> = Promise.resolve();
  let failure: Error | null = null;
  let order: PictureOrder | null = null;
  const encoder = new codecs.VideoEncoder({
    output: (chunk, metadata) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      const decoderConfig = metadata?.decoderConfig;
      let timeS = chunk.timestamp / 1e6;
      if (recipe.reorders === true) {
        order ??= new PictureOrder(new Uint8Array(decoderConfig?.description as Uint8Array));
        timeS = timesS[order.placeOf(data)] as number;
      }
      const packet = new EncodedPacket(data, chunk.type, timeS, (chunk.duration ?? 0) / 1e6);
      adding = adding.then(() =>
        source.add(packet, decoderConfig === undefined ? undefined : { decoderConfig } as never)
      );
    },
    error: (error) => failure ??= error,
  });
  encoder.configure({
    codec: CODEC_STRINGS[codec],
    width,
    height,
    bitrate: 400_000,
    // The encoders tell wrong times for pictures that are coded out of order.
    latencyMode: recipe.reorders === true ? "quality" : "realtime",
    framerate: Math.max(1, Math.round(timesS.length / Math.max(timesS.at(-1) ?? 0, 1))),
  });
  // A timer keeps the program alive while only the encoder works.
  const timer = setInterval(() => {}, 1000);
  for (const [i, timeS] of timesS.entries()) {
    const end = timesS[i + 1] ?? recipe.lastS ?? timeS + 1 / 25;
    const frame = new codecs.VideoFrame(recipe.planes?.(i) ?? paint(recipe, i, width, height), {
      format: "I420",
      codedWidth: width,
      codedHeight: height,
      timestamp: Math.round(timeS * 1e6),
      duration: Math.round((end - timeS) * 1e6),
      colorSpace: { matrix: "bt709", primaries: "bt709", transfer: "bt709", fullRange: false },
    });
    encoder.encode(frame, { keyFrame: i % keyInterval === 0 });
    frame.close();
    while (encoder.encodeQueueSize > 16) await new Promise((resolve) => encoder.ondequeue = () => resolve(0));
  }
  await encoder.flush();
  encoder.close();
  clearInterval(timer);
  await adding;
  if (failure !== null) throw new Error("the video could not be encoded", { cause: failure });
  await output.finalize();
  return new Uint8Array(target.buffer as ArrayBuffer);
}

/** The product's package, which takes frames of odd sizes; the development package loses their last row and column. */
async function productsCodecs(): Promise<typeof development> {
  process.env["NODE_WEBCODECS_FORCE"] = "static";
  return await import("node-webcodecs") as unknown as typeof development;
}

/** A Matroska file with half a second of a tone and no pictures. */
export async function makeSound(): Promise<Uint8Array<ArrayBuffer>> {
  const target = new BufferTarget();
  const output = new Output({ format: new MkvOutputFormat(), target });
  const source = new EncodedAudioPacketSource("pcm-s16");
  output.addAudioTrack(source);
  await output.start();
  const decoderConfig = { codec: "pcm-s16", sampleRate: 8000, numberOfChannels: 1 };
  const data = new Uint8Array(8000).map((_, i) => i);
  await source.add(new EncodedPacket(data, "key", 0, 0.5), { decoderConfig });
  await output.finalize();
  return new Uint8Array(target.buffer as ArrayBuffer);
}

function paint(recipe: VideoRecipe, frame: number, width: number, height: number): Uint8Array {
  const halfWidth = Math.ceil(width / 2);
  const halfHeight = Math.ceil(height / 2);
  const planes = new Uint8Array(width * height + 2 * halfWidth * halfHeight);
  if (recipe.paint === undefined) {
    planes.fill(Math.round(16 + greyOf(frame) / 255 * 219), 0, width * height);
    planes.fill(128, width * height);
    return planes;
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [luma, blue, red] = toBt709(recipe.paint(frame, x, y));
      planes[y * width + x] = luma;
      const chroma = width * height + (y >> 1) * halfWidth + (x >> 1);
      planes[chroma] = blue;
      planes[chroma + halfWidth * halfHeight] = red;
    }
  }
  return planes;
}

function toBt709([r, g, b]: readonly [number, number, number]): [luma: number, blue: number, red: number] {
  const luma = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  return [
    Math.round(16 + 219 * luma),
    Math.round(128 + 224 * (b / 255 - luma) / 1.8556),
    Math.round(128 + 224 * (r / 255 - luma) / 1.5748),
  ];
}
