// Writes GGUF files, good and bad.

/** Numbers of the types of settings. */
const KIND = { uint32: 4, int32: 5, float32: 6, boolean: 7, string: 8, list: 9, uint64: 10 } as const;

/** A setting with its type. */
export type GgufSetting =
  | readonly ["uint32" | "int32" | "float32" | "uint64", number]
  | readonly ["boolean", boolean]
  | readonly ["string", string]
  | readonly ["strings", readonly string[]]
  | readonly ["ints" | "floats", readonly number[]];

/** A tensor to write. */
export interface GgufTensorToWrite {
  /** ggml's number of the type. */
  readonly code: number;
  /** Outermost dimension first. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  /** A place of its own behind the start of the data, in place of the next free one. */
  readonly offset?: number;
}

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(1024);
  length = 0;

  put(part: Uint8Array): void {
    while (this.length + part.length > this.#bytes.length) {
      const longer = new Uint8Array(this.#bytes.length * 2);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes.set(part, this.length);
    this.length += part.length;
  }

  number(byteLength: 1 | 4 | 8, write: (view: DataView) => void): void {
    const part = new Uint8Array(byteLength);
    write(new DataView(part.buffer));
    this.put(part);
  }

  uint32(value: number): void {
    this.number(4, (view) => view.setUint32(0, value, true));
  }

  uint64(value: number): void {
    this.number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  text(value: string): void {
    const part = new TextEncoder().encode(value);
    this.uint64(part.length);
    this.put(part);
  }

  padTo(multiple: number): void {
    this.put(new Uint8Array((multiple - this.length % multiple) % multiple));
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length);
  }
}

/** Where a tensor lies, as a header says it. */
export interface GgufPlace {
  readonly name: string;
  readonly code: number;
  readonly shape: readonly number[];
  /** Bytes behind the start of the data. */
  readonly offset: number;
}

/** Tensors begin at multiples of this, unless a file says otherwise. */
export const GGUF_ALIGNMENT = 32;

/** The bytes of a file. */
export function gguf(
  settings: Readonly<Record<string, GgufSetting>>,
  tensors: Readonly<Record<string, GgufTensorToWrite>>,
  { version = 3, alignment = GGUF_ALIGNMENT } = {},
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const places = Object.entries(tensors).map(([name, { code, shape, data, offset = end }]) => {
    end = Math.max(end, Math.ceil((offset + data.length) / alignment) * alignment);
    return { name, code, shape, data, offset };
  });
  const header = ggufHeader(settings, places, { version, alignment });
  const bytes = new Uint8Array(header.length + end);
  bytes.set(header);
  for (const { offset, data } of places) bytes.set(data, header.length + offset);
  return bytes;
}

/** The bytes of a file up to its first tensor. */
export function ggufHeader(
  settings: Readonly<Record<string, GgufSetting>>,
  places: readonly GgufPlace[],
  { version = 3, alignment = GGUF_ALIGNMENT } = {},
): Uint8Array<ArrayBuffer> {
  const file = new Bytes();
  file.put(new TextEncoder().encode("GGUF"));
  file.uint32(version);
  file.uint64(places.length);
  file.uint64(Object.keys(settings).length);
  for (const [key, setting] of Object.entries(settings)) {
    file.text(key);
    putSetting(file, setting);
  }
  for (const { name, code, shape, offset } of places) {
    file.text(name);
    file.uint32(shape.length);
    for (const dim of shape.toReversed()) file.uint64(dim);
    file.uint32(code);
    file.uint64(offset);
  }
  file.padTo(alignment);
  return file.bytes;
}

function putSetting(file: Bytes, [kind, value]: GgufSetting): void {
  const list = (type: number, items: readonly unknown[]) => {
    file.uint32(KIND.list);
    file.uint32(type);
    file.uint64(items.length);
  };
  switch (kind) {
    case "strings":
      list(KIND.string, value);
      return value.forEach((item) => file.text(item));
    case "ints":
      list(KIND.int32, value);
      return value.forEach((item) => file.uint32(item));
    case "floats":
      list(KIND.float32, value);
      return value.forEach((item) => file.number(4, (view) => view.setFloat32(0, item, true)));
    case "string":
      file.uint32(KIND.string);
      return file.text(value);
    case "boolean":
      file.uint32(KIND.boolean);
      return file.number(1, (view) => view.setUint8(0, value ? 1 : 0));
    case "float32":
      file.uint32(KIND.float32);
      return file.number(4, (view) => view.setFloat32(0, value, true));
    case "uint64":
      file.uint32(KIND.uint64);
      return file.uint64(value);
    default:
      file.uint32(KIND[kind]);
      return file.uint32(value);
  }
}
