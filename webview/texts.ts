// The page's sentences. Their English text is the key; the extension sends translations along with `init`.

/** Gives a sentence in the person's language, with `{0}`, `{1}` … filled in. */
export type Translate = (english: string, ...values: readonly (string | number)[]) => string;

/** A function that looks sentences up in `texts` and falls back to English. */
export function translator(texts: Readonly<Record<string, string>>): Translate {
  return (english, ...values) =>
    // Own keys only: "constructor" is a word too.
    (Object.hasOwn(texts, english) ? texts[english] ?? english : english)
      .replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
}
