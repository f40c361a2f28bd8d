// The order in which HEVC pictures are shown, read from the stream itself.
// @see ITU-T H.265, sections 7.3.2.2 and 7.3.6.1

const SEQUENCE_PARAMETERS = 33;
/** Pictures that everything before precedes, and that begin the count again. */
const IDR = [19, 20];
const FIRST_RANDOM_ACCESS = 16;
const LAST_RANDOM_ACCESS = 23;
const LAST_PICTURE = 31;

/** Tells the place of pictures, which are given in the order of decoding. */
export class PictureOrder {
  readonly #orderBits: number;
  /** Pictures before the last IDR picture, and in all. */
  #before = 0;
  #count = 0;

  /** @param record an HEVCDecoderConfigurationRecord of a stream without layers, of fewer than 256 pictures */
  constructor(record: Uint8Array) {
    const bits = new Bits(sequenceParameters(record).subarray(2));
    bits.take(8 + 96);
    bits.golomb();
    bits.golomb();
    bits.golomb();
    bits.golomb();
    if (bits.take(1) === 1) { for (let i = 0; i < 4; i++) bits.golomb(); }
    bits.golomb();
    bits.golomb();
    this.#orderBits = bits.golomb() + 4;
  }

  /** Number of pictures shown before this one. */
  placeOf(packet: Uint8Array): number {
    for (let at = 0; at < packet.length;) {
      const length = new DataView(packet.buffer, packet.byteOffset + at).getUint32(0);
      const unit = packet.subarray(at + 4, at + 4 + length);
      const type = ((unit[0] as number) >> 1) & 63;
      if (type <= LAST_PICTURE) return this.#placeOfSlice(unit, type);
      at += 4 + length;
    }
    throw new RangeError("the packet holds no picture");
  }

  #placeOfSlice(unit: Uint8Array, type: number): number {
    if (IDR.includes(type)) this.#before = this.#count;
    this.#count++;
    if (IDR.includes(type)) return this.#before;
    const bits = new Bits(unit.subarray(2));
    bits.take(type >= FIRST_RANDOM_ACCESS && type <= LAST_RANDOM_ACCESS ? 2 : 1);
    bits.golomb();
    bits.golomb();
    return this.#before + bits.take(this.#orderBits);
  }
}

function sequenceParameters(record: Uint8Array): Uint8Array {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  let at = 23;
  for (let left = view.getUint8(22); left > 0; left--) {
    const type = view.getUint8(at) & 63;
    const count = view.getUint16(at + 1);
    at += 3;
    for (let i = 0; i < count; i++) {
      const length = view.getUint16(at);
      if (type === SEQUENCE_PARAMETERS) return record.subarray(at + 2, at + 2 + length);
      at += 2 + length;
    }
  }
  throw new RangeError("the record holds no sequence parameters");
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
