/** An RGB picture: 8 bits a channel, row-major, three bytes a pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], 0 to 255. */
  readonly data: Uint8Array;
}

/** A copy of a rectangle of a picture. Throws a RangeError when it reaches outside. */
export function crop(
  picture: Pixels,
  left: number,
  top: number,
  width: number,
  height: number,
): Pixels {
  if (left < 0 || top < 0 || left + width > picture.width || top + height > picture.height) {
    throw new RangeError(
      `a ${width}x${height} crop at (${left}, ${top}) reaches outside ${picture.width}x${picture.height}`,
    );
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * picture.width + left) * 3;
    data.set(picture.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, data };
}
