const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Whether a text has letters of the scripts that write with full-width punctuation. */
export function hasEastAsian(text: string): boolean {
  return EAST_ASIAN.test(text);
}
