// Decoded frames to 8-bit RGB pictures.

import type { Pixels } from "../image/pixels.ts";
import { byteLengthOf, chromaSize, type PixelLayout } from "./pixel_layout.ts";

/** What a stream says of its colours. */
export interface StreamColors {
  /** As WebCodecs names it, such as "bt709". */
  readonly matrix?: string | null | undefined;
  readonly fullRange?: boolean | null | undefined;
}

/** Share of red and blue in luma, by matrix. */
const LUMA_SHARES: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  "bt709": [0.2126, 0.0722],
  "smpte170m": [0.299, 0.114],
  "bt470bg": [0.299, 0.114],
  "bt2020-ncl": [0.2627, 0.0593],
};
/** A stream of at least this height that says nothing is taken for HDTV, as players do. */
const HD_HEIGHT_PX = 720;

/**
 * Converts a frame's bytes to RGB.
 * @param bytes as {@link byteLengthOf} counts them
 */
export function toPixels(
  bytes: Uint8Array<ArrayBuffer>,
  layout: PixelLayout,
  size: { readonly width: number; readonly height: number },
  colors: StreamColors,
): Pixels {
  const { width, height } = size;
  if (bytes.length < byteLengthOf(layout, width, height)) throw new RangeError("the frame is incomplete");
  if (layout.kind === "packed") return { width, height, data: fromPacked(bytes, width * height, layout.red) };
  return { width, height, data: fromPlanes(planesOf(bytes, layout, width, height), width, height, colors) };
}

interface Planes {
  readonly samples: Uint8Array | Uint16Array;
  /** Where U and V begin, and how far their samples lie apart. */
  readonly u: number;
  readonly v: number;
  readonly step: 1 | 2;
  readonly chromaStride: number;
  /** Right shift of a column and a row to their chroma sample. */
  readonly shiftX: 0 | 1;
  readonly shiftY: 0 | 1;
  readonly bitDepth: number;
}

function planesOf(
  bytes: Uint8Array<ArrayBuffer>,
  layout: Exclude<PixelLayout, { kind: "packed" }>,
  width: number,
  height: number,
): Planes {
  const luma = width * height;
  if (layout.kind === "semi-planar") {
    const chromaStride = 2 * Math.ceil(width / 2);
    return {
      samples: bytes,
      ...{ u: luma, v: luma + 1, step: 2, chromaStride, shiftX: 1, shiftY: 1, bitDepth: 8 },
    };
  }
  const { chroma, bitDepth } = layout;
  const [chromaStride, chromaHeight] = chromaSize(chroma, width, height);
  return {
    samples: bitDepth > 8 ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1) : bytes,
    u: luma,
    v: luma + chromaStride * chromaHeight,
    step: 1,
    chromaStride,
    shiftX: chroma === "4:4:4" ? 0 : 1,
    shiftY: chroma === "4:2:0" ? 1 : 0,
    bitDepth,
  };
}

function fromPlanes(planes: Planes, width: number, height: number, colors: StreamColors): Uint8Array {
  const { samples, u, v, step, chromaStride, shiftX, shiftY, bitDepth } = planes;
  const { black, luma, redV, greenU, greenV, blueU } = coefficients(colors, height, bitDepth);
  const middle = 1 << (bitDepth - 1);
  const rgb = new Uint8ClampedArray(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const chromaRow = (y >> shiftY) * chromaStride;
    for (let x = 0; x < width; x++) {
      const chroma = chromaRow + (x >> shiftX) * step;
      const brightness = ((samples[row + x] as number) - black) * luma;
      const du = (samples[u + chroma] as number) - middle;
      const dv = (samples[v + chroma] as number) - middle;
      rgb[to++] = brightness + dv * redV;
      rgb[to++] = brightness - du * greenU - dv * greenV;
      rgb[to++] = brightness + du * blueU;
    }
  }
  return new Uint8Array(rgb.buffer);
}

/** Factors that turn samples into 0 to 255. @see ITU-R BT.709, section 3; BT.2020, table 4 */
function coefficients({ matrix, fullRange }: StreamColors, height: number, bitDepth: number) {
  const usual = height >= HD_HEIGHT_PX ? "bt709" : "smpte170m";
  const [red, blue] = LUMA_SHARES[matrix ?? usual] ?? LUMA_SHARES[usual] as readonly [number, number];
  const green = 1 - red - blue;
  const unit = 1 << (bitDepth - 8);
  // Planes with the matrix "rgb" hold no RGB: some encoders write what their input was.
  const isFull = fullRange === true && matrix !== "rgb";
  const luma = isFull ? 255 / ((1 << bitDepth) - 1) : 255 / (219 * unit);
  const chroma = isFull ? 255 / ((1 << bitDepth) - 1) : 255 / (224 * unit);
  return {
    black: isFull ? 0 : 16 * unit,
    luma,
    redV: 2 * (1 - red) * chroma,
    greenU: (2 * (1 - blue) * blue / green) * chroma,
    greenV: (2 * (1 - red) * red / green) * chroma,
    blueU: 2 * (1 - blue) * chroma,
  };
}

function fromPacked(bytes: Uint8Array, count: number, red: 0 | 2): Uint8Array {
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    rgb[i * 3] = bytes[i * 4 + red] as number;
    rgb[i * 3 + 1] = bytes[i * 4 + 1] as number;
    rgb[i * 3 + 2] = bytes[i * 4 + 2 - red] as number;
  }
  return rgb;
}

/** Turns a picture clockwise. */
export function turn(picture: Pixels, degrees: 0 | 90 | 180 | 270): Pixels {
  if (degrees === 0) return picture;
  const { width, height, data } = picture;
  const isSideways = degrees !== 180;
  const turned = new Uint8Array(data.length);
  const stride = isSideways ? height : width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const column = degrees === 90 ? height - 1 - y : degrees === 180 ? width - 1 - x : y;
      const row = degrees === 90 ? x : degrees === 180 ? height - 1 - y : width - 1 - x;
      const to = (row * stride + column) * 3;
      turned[to] = data[from] as number;
      turned[to + 1] = data[from + 1] as number;
      turned[to + 2] = data[from + 2] as number;
    }
  }
  return { width: stride, height: isSideways ? width : height, data: turned };
}
