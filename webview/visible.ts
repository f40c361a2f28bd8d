/** Characters that make the text around them run the other way until they are closed. Letters of all scripts do without. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text whose order on the screen is its own: characters that would turn the direction of what is around them, and
 * so make code or an address look like another (CVE-2021-42574), are spelled out.
 */
export function visible(text: string): string {
  return text.replace(TURNING, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
}
