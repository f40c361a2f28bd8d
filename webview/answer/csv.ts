/** What spreadsheet programs take for a formula, which may run programs or send cells away. Negative numbers are none. */
const FORMULA = /^\s*(?:[=@]|[+-](?![\d.,\s%]*$))/;

/**
 * Rows as comma-separated values (RFC 4180): fields with a comma, a quote or a line break are quoted. A field that a
 * spreadsheet would run gets an apostrophe before it: the text may come from a stranger's picture.
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(field).join(",")).join("\r\n");
}

function field(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  // Spaces at the ends would be lost in some programs.
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
