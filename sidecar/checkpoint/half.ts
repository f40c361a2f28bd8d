// 16-bit floating point formats to float32, exactly.

/** bfloat16 words, the upper halves of float32 values, to float32. */
export function bfloat16ToFloat32(words: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(words.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < words.length; i++) bits[i] = (words[i] as number) << 16;
  return values;
}

/** IEEE binary16 words to float32. */
export function float16ToFloat32(words: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    const exponent = (word >> 10) & 31;
    const fraction = word & 1023;
    const magnitude = exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
      ? (fraction === 0 ? Infinity : NaN)
      : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[i] = word & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}
