/** Lines that are laid out together. The fewer, the less of a growing block is laid out anew; each costs an element. */
export const LINES_PER_CHUNK = 30;

/** Cuts coloured code behind every so many lines; classes that go on over a cut are closed before and opened behind. */
export function chunksOf(html: string, lineCount = LINES_PER_CHUNK): readonly string[] {
  const chunks: string[] = [];
  const open: string[] = [];
  let start = 0;
  let before = "";
  let lines = 0;
  for (const { 0: mark, index } of html.matchAll(/<span[^>]*>|<\/span>|\n/g)) {
    if (mark === "</span>") open.pop();
    else if (mark !== "\n") open.push(mark);
    else if (++lines % lineCount === 0) {
      chunks.push(before + html.slice(start, index + 1) + "</span>".repeat(open.length));
      before = open.join("");
      start = index + 1;
    }
  }
  return start < html.length ? [...chunks, before + html.slice(start)] : chunks;
}
