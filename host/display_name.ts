/** Characters that change how the text around them is shown: controls, line breaks, text direction, invisible ones. */
// deno-lint-ignore no-control-regex -- control characters are what this is about
const TREACHEROUS =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const MAX_LENGTH = 120;

/** A file name as it can be shown anywhere: treacherous characters spelled out, the middle of a long one left out. */
export function displayName(name: string): string {
  const visible = name.replace(
    TREACHEROUS,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
  if (visible.length <= MAX_LENGTH) return visible;
  const half = (MAX_LENGTH - 1) / 2;
  return `${visible.slice(0, Math.ceil(half))}…${visible.slice(-Math.floor(half))}`;
}
