// 16-bit floating point formats to float32, exactly.

/** Every IEEE binary16 word's value: looking it up is several times faster than taking the word apart. */
const FLOAT16: Float32Array = Float32Array.from({ length: 1 << 16 }, (_, word) => {
  const exponent = (word >> 10) & 31;
  const fraction = word & 1023;
  const magnitude = exponent === 0
    ? fraction * 2 ** -24
    : exponent === 31
    ? (fraction === 0 ? Infinity : NaN)
    : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return word & 0x8000 ? -magnitude : magnitude;
});

/** The value of one IEEE binary16 word. */
export function float16(word: number): number {
  return FLOAT16[word] as number;
}

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
  for (let i = 0; i < words.length; i++) values[i] = FLOAT16[words[i] as number] as number;
  return values;
}

/** Bits of the exponent: a word that has them all set is infinite or no number. */
const EXPONENT = { F16: 0x7c00, BF16: 0x7f80 };

/** Whether all of some 16-bit words are finite numbers. */
export function areFinite(type: keyof typeof EXPONENT, words: Uint16Array): boolean {
  const mask = EXPONENT[type];
  for (let i = 0; i < words.length; i++) {
    if (((words[i] as number) & mask) === mask) return false;
  }
  return true;
}
