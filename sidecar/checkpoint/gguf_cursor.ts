// Reads the primitive values of a GGUF header one behind the other. Knows no names.

/** A setting's value; integers beyond 2^53 are bigints. */
export type GgufValue = string | number | bigint | boolean | readonly GgufValue[];

/** Something in a header that cannot be; the message fits behind "Cannot use …:". */
export class HeaderError extends Error {}

/** The header goes on behind the bytes that are there. */
export class HeaderIncomplete extends Error {}

/** Bytes of a value by the number of its type; strings (8) and lists (9) have no fixed size. */
const SIZES: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 },
};
const STRING = 8;
const LIST = 9;
const BYTES_OF_COUNT = 8;
/** Lists of lists of lists are in no known file. */
const MAX_DEPTH = 2;
/** Items of all lists of a header together; the release has 460,000. */
const MAX_ITEMS = 4_000_000;

/** A place in a header. */
export class GgufCursor {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #lenient = new TextDecoder("utf-8", { ignoreBOM: true });
  #position = 0;
  #items = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes that were read. */
  get position(): number {
    return this.#position;
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** An unsigned 64-bit integer; one beyond 2^53 can only be an error. */
  uint64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > Number.MAX_SAFE_INTEGER) throw new HeaderError(`it claims a size of ${value}`);
    return Number(value);
  }

  /** How many of something follow. */
  count(what: string, most: number): number {
    const count = this.uint64();
    if (count > most) throw new HeaderError(`it claims ${count} ${what}`);
    return count;
  }

  /** A text that names something. */
  name(mostBytes: number): string {
    const length = this.uint64();
    if (length === 0 || length > mostBytes) throw new HeaderError(`it has a name of ${length} bytes`);
    const start = this.#take(length);
    try {
      return this.#strict.decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw new HeaderError("it has a name that is not UTF-8");
    }
  }

  /** A value with its type in front. */
  value(key: string): GgufValue {
    return this.#valueOf(this.uint32(), key, 0);
  }

  #valueOf(type: number, key: string, depth: number): GgufValue {
    if (type === STRING) return this.#text();
    if (type !== LIST) return this.#number(type, key);
    if (depth === MAX_DEPTH) throw new HeaderError(`setting "${key}" is a list within lists within lists`);
    const itemType = this.uint32();
    const count = this.uint64();
    this.#items += count;
    if (this.#items > MAX_ITEMS) throw new HeaderError(`its setting "${key}" is too long a list`);
    // Nothing is put into memory before it is known that the bytes for it are there.
    this.#require(count * (SIZES[itemType] ?? BYTES_OF_COUNT));
    const items: GgufValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.#valueOf(itemType, key, depth + 1));
    return items;
  }

  #text(): string {
    const length = this.uint64();
    const start = this.#take(length);
    return this.#lenient.decode(this.#bytes.subarray(start, start + length));
  }

  #number(type: number, key: string): number | bigint | boolean {
    const size = SIZES[type];
    if (size === undefined) throw new HeaderError(`setting "${key}" has the unknown type ${type}`);
    const at = this.#take(size);
    const view = this.#view;
    switch (type) {
      case 0:
        return view.getUint8(at);
      case 1:
        return view.getInt8(at);
      case 2:
        return view.getUint16(at, true);
      case 3:
        return view.getInt16(at, true);
      case 4:
        return view.getUint32(at, true);
      case 5:
        return view.getInt32(at, true);
      case 6:
        return view.getFloat32(at, true);
      case 7:
        return view.getUint8(at) !== 0;
      case 10:
        return small(view.getBigUint64(at, true));
      case 11:
        return small(view.getBigInt64(at, true));
      default:
        return view.getFloat64(at, true);
    }
  }

  #take(byteLength: number): number {
    this.#require(byteLength);
    const start = this.#position;
    this.#position += byteLength;
    return start;
  }

  #require(byteLength: number): void {
    if (this.#position + byteLength > this.#bytes.length) throw new HeaderIncomplete();
  }
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
