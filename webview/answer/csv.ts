/** Rows as comma-separated values (RFC 4180): fields with a comma, a quote or a line break are quoted. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(field).join(",")).join("\r\n");
}

function field(text: string): string {
  // Spaces at the ends would be lost in some programs.
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
