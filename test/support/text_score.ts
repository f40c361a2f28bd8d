// How much of a picture's text was read. White space counts only as what parts words.

/** 1 for equal texts, 0 for texts with nothing in common: one minus edit distance over the longer length. */
export function similarity(read: string, truth: string): number {
  const a = [...fold(read)], b = [...fold(truth)];
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
}

/** The part of the words that were read, in any order; a word that stands twice counts twice. */
export function wordRecall(read: string, truth: string): number {
  const counts = new Map<string, number>();
  for (const word of wordsOf(read)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const wanted = wordsOf(truth);
  const found = wanted.filter((word) => {
    const count = counts.get(word) ?? 0;
    counts.set(word, count - 1);
    return count > 0;
  });
  return wanted.length === 0 ? 1 : found.length / wanted.length;
}

function fold(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function wordsOf(text: string): string[] {
  return fold(text).split(" ").filter((word) => word !== "");
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, character] of a.entries()) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (above[j] as number) + (character === b[j] ? 0 : 1);
      row.push(Math.min(replaced, (above[j + 1] as number) + 1, (row[j] as number) + 1));
    }
    above = row;
  }
  return above[b.length] as number;
}
