// The order of presentation of H.264 pictures, read from the stream itself.
// @see ITU-T H.264, sections 7.3.2.1 and 7.3.3

/** Reads the place of pictures that a configuration record describes. */
export class PictureOrder {
  readonly #frameNumberBits: number;
  readonly #orderBits: number;

  /** @param record an AVCDecoderConfigurationRecord whose pictures are frames with order counts of type 0 */
  constructor(record: Uint8Array) {
    const length = ((record[6] as number) << 8) | (record[7] as number);
    const bits = new Bits(record.subarray(9, 8 + length));
    const profile = bits.take(8);
    bits.take(16);
    bits.golomb();
    if (profile >= 100) {
      bits.golomb();
      bits.golomb();
      bits.golomb();
      bits.take(2);
    }
    this.#frameNumberBits = bits.golomb() + 4;
    if (bits.golomb() !== 0) throw new RangeError("the order of the pictures is coded in another way");
    this.#orderBits = bits.golomb() + 4;
  }

  /** Frames after the last IDR picture at which a picture is shown. */
  placeOf(packet: Uint8Array): number {
    for (let at = 0; at < packet.length;) {
      const length = new DataView(packet.buffer, packet.byteOffset + at).getUint32(0);
      const unit = packet.subarray(at + 4, at + 4 + length);
      const type = (unit[0] as number) & 31;
      if (type === 1 || type === 5) return this.#placeOfSlice(unit, type === 5);
      at += 4 + length;
    }
    throw new RangeError("the packet holds no picture");
  }

  #placeOfSlice(unit: Uint8Array, isIdr: boolean): number {
    const bits = new Bits(unit.subarray(1));
    bits.golomb();
    bits.golomb();
    bits.golomb();
    bits.take(this.#frameNumberBits);
    if (isIdr) bits.golomb();
    return bits.take(this.#orderBits) / 2;
  }
}

/** Bits of a unit, without the bytes that keep start codes from arising. */
class Bits {
  readonly #bytes: number[];
  #at = 0;

  constructor(unit: Uint8Array) {
    this.#bytes = [...unit.subarray(0, 64)].filter((byte, i) =>
      !(byte === 3 && i > 1 && unit[i - 1] === 0 && unit[i - 2] === 0)
    );
  }

  take(count: number): number {
    let value = 0;
    for (; count > 0; count--, this.#at++) {
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && this.take(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.take(zeros);
  }
}
