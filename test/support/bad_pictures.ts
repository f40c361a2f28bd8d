// Pictures that something is wrong or unusual about, made in the test run.

import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import sharp from "sharp";

/** A noisy RGB picture, so that compressed files are long enough to cut. */
function noise(width: number, height: number, channels: 3 | 4 = 3) {
  const data = new Uint8Array(width * height * channels);
  let seed = 1;
  for (let i = 0; i < data.length; i++) data[i] = (seed = Math.imul(seed, 1103515245) + 12345) >>> 16;
  return sharp(data, { raw: { width, height, channels } });
}

/** A JPEG that ends in the middle. */
export async function truncatedJpeg(): Promise<Uint8Array> {
  const whole = await noise(320, 240).jpeg().toBuffer();
  return whole.subarray(0, Math.floor(whole.length / 2));
}

/** A PNG that ends in the middle. */
export async function truncatedPng(): Promise<Uint8Array> {
  const whole = await noise(320, 240).png().toBuffer();
  return whole.subarray(0, Math.floor(whole.length / 2));
}

/** A PNG of one colour. */
export function plainPng(width: number, height: number, background = "#336699"): Promise<Uint8Array> {
  return sharp({ create: { width, height, channels: 3, background }, limitInputPixels: false }).png()
    .toBuffer();
}

/** A PNG that takes a while to decode. */
export function noisePng(width: number, height: number): Promise<Uint8Array> {
  return noise(width, height).png({ compressionLevel: 1 }).toBuffer();
}

/** A few hundred bytes that claim to be 20000×10000 pixels. */
export function headerBomb(): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(20000, 0);
  header.writeUInt32BE(10000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const body = deflateSync(Buffer.alloc(1000));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", body),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** A GIF of three frames: red, green, blue. */
export function animatedGif(): Promise<Uint8Array> {
  const frame = 60 * 40 * 3;
  const data = new Uint8Array(frame * 3);
  for (let i = 0; i < data.length; i++) data[i] = i % 3 === Math.floor(i / frame) ? 255 : 0;
  return sharp(data, { raw: { width: 60, height: 120, channels: 3, pageHeight: 40 } }).gif({
    delay: [100, 100, 100],
  })
    .toBuffer();
}

/** An SVG whose picture, style and entity lie outside it. */
export function svgWithExternalReferences(localFile: string): Uint8Array {
  return new TextEncoder().encode(
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd">]>` +
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="200">` +
      `<rect width="300" height="200" fill="#fff"/>` +
      `<image width="300" height="200" xlink:href="file://${localFile}"/>` +
      `<image width="300" height="200" href="http://127.0.0.1:9/x.png"/></svg>`,
  );
}

/** A CMYK JPEG of a dull red, #b04040. */
export function cmykJpeg(): Promise<Uint8Array> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: "#b04040" } })
    .toColourspace("cmyk").jpeg().toBuffer();
}

/** A 16-bit PNG with alpha: opaque red on the left, half-transparent black on the right. */
export function deepPngWithAlpha(): Promise<Uint8Array> {
  const data = new Uint16Array(64 * 64 * 4);
  for (let i = 0; i < 64 * 64; i++) {
    data.set(i % 64 < 32 ? [65535, 0, 0, 65535] : [0, 0, 0, 32768], i * 4);
  }
  return sharp(data, { raw: { width: 64, height: 64, channels: 4 } }).toColourspace("rgb16").png().toBuffer();
}

/** A JPEG that stands on its side and says so in its EXIF data: 40×80 pixels when turned. */
export function sidewaysJpeg(): Promise<Uint8Array> {
  return noise(80, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer();
}
