// Passing strings and receiving pointers across the C border.

const encoder = new TextEncoder();

/** A zero-terminated UTF-8 copy of a string. Throws a RangeError when the string holds a zero. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new RangeError("a string for the C API must not hold a zero character");
  const bytes = encoder.encode(text);
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  return terminated;
}

/** Reads a zero-terminated UTF-8 string. */
export function readCString(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : new Deno.UnsafePointerView(pointer).getCString();
}

/** A place for C code to write one pointer, integer or size into; 8 bytes, zeroed. */
export class OutSlot {
  readonly buffer = new BigUint64Array(new ArrayBuffer(8));

  /** The pointer that was written. Throws a TypeError when it is null. */
  get pointer(): Deno.PointerObject {
    const pointer = Deno.UnsafePointer.create(this.buffer[0] as bigint);
    if (pointer === null) throw new TypeError("the C API returned no object");
    return pointer;
  }

  /** The unsigned integer that was written; `size_t` or a C int on a little-endian machine. */
  get integer(): number {
    return Number(this.buffer[0]);
  }
}
