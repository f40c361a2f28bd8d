// Element types of tensors and the typed arrays that hold them.

const ELEMENT_TYPES = {
  float32: { code: 1, array: Float32Array },
  uint8: { code: 2, array: Uint8Array },
  int8: { code: 3, array: Int8Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  bool: { code: 9, array: Uint8Array },
  float16: { code: 10, array: Uint16Array },
  bfloat16: { code: 16, array: Uint16Array },
} as const;

/** An element type this layer can carry; float16 and bfloat16 travel as raw 16-bit words. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The typed array that holds elements of a type. */
export type ElementArray<T extends ElementType = ElementType> = InstanceType<
  (typeof ELEMENT_TYPES)[T]["array"]
>;

/** The type's number in ONNX's `TensorProto.DataType`. */
export function elementCode(type: ElementType): number {
  return ELEMENT_TYPES[type].code;
}

/** The type with a number of ONNX's `TensorProto.DataType`; undefined for one we do not carry. */
export function elementTypeOf(code: number): ElementType | undefined {
  return (Object.keys(ELEMENT_TYPES) as ElementType[]).find((type) => ELEMENT_TYPES[type].code === code);
}

/** Bytes of one element. */
export function elementSize(type: ElementType): number {
  return ELEMENT_TYPES[type].array.BYTES_PER_ELEMENT;
}

/** A view of `buffer` as elements of a type. */
export function elementView<T extends ElementType>(
  type: T,
  buffer: ArrayBuffer,
  byteOffset = 0,
  length?: number,
): ElementArray<T> {
  return new ELEMENT_TYPES[type].array(buffer, byteOffset, length) as ElementArray<T>;
}

/** A new zeroed array whose memory never moves, so that C code may keep its address. */
export function allocate<T extends ElementType>(type: T, length: number): ElementArray<T> {
  return elementView(type, new ArrayBuffer(length * elementSize(type)));
}
