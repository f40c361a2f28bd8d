// Markdown of people and models for a file that other programs render: it keeps its look, but brings no HTML of its
// own, loads nothing and leads nowhere but to the web.

/** Text that is shown as it is, on one line or several. */
export function asPlainText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>&~$|]/g, (mark) => `\\${mark}`)
    .replaceAll(/^(\s*)([#+=-])/gm, "$1\\$2")
    .replaceAll(/^(\s*\d+)([.)])/gm, "$1\\$2")
    // Blanks at a line's beginning would make code of it.
    .replaceAll(/^[ \t]+/gm, (blanks) => "\u00a0".repeat(blanks.replaceAll("\t", "    ").length));
}

/** Markdown without what is treacherous in it; blocks of code stay as they are, and are closed. */
export function harmlessMarkdown(markdown: string): string {
  const lines: string[] = [];
  let prose: string[] = [];
  let fence: string | null = null;
  const endProse = () => {
    if (prose.length > 0) lines.push(harmlessProse(prose.join("\n")));
    prose = [];
  };
  for (const line of markdown.split(/\r\n?|\n/)) {
    if (fence === null) {
      const opening = openingFence(line);
      if (opening === null) {
        prose.push(line);
        continue;
      }
      endProse();
      fence = opening;
    } else if (closes(line, fence)) {
      fence = null;
    }
    lines.push(line);
  }
  endProse();
  if (fence !== null) lines.push(fence);
  return lines.join("\n");
}

/** Fences in lists and quotations are prose here: what is escaped too much does no harm. */
function openingFence(line: string): string | null {
  const [, fence = "", info = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  return fence === "" || (fence.startsWith("`") && info.includes("`")) ? null : fence;
}

function closes(line: string, fence: string): boolean {
  const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1] ?? "";
  return closing.startsWith(fence);
}

/**
 * Escaped characters, code, and the marks that begin what could do harm. Code over several lines or cells of a table
 * does not count as code, because the lines and cells may end it.
 */
const PROSE =
  /\\[\s\S]|(?<!`)(`+)(?!`)[^\n|]*?(?<!`)\1(?!`)|`+|<|!(?=\[)|\]\(([^)\n]*)|^( {0,3}\[[^\]\n]*\]):/gm;

function harmlessProse(prose: string): string {
  return prose.replaceAll(PROSE, (found: string, _ticks: unknown, target?: string, definition?: string) => {
    if (target !== undefined) return isWebAddress(target) ? found : `\\]\\(${target.replaceAll("<", "\\<")}`;
    // A definition would give links of the whole file another target.
    if (definition !== undefined) return `${definition}\\:`;
    return found === "<" || found === "!" ? `\\${found}` : found;
  });
}

function isWebAddress(target: string): boolean {
  return /^\s*(?:https?:\/\/|#)/i.test(target);
}
