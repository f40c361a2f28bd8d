// Writing to a terminal. Text that comes from pictures, files or models is untrusted: it must not be able to move the
// cursor, set the title or hide what stands around it.

const { stdout, stderr } = process;

/** Escape sequences for dimmed text. */
const DIM = "\x1b[2m";
const RESET = "\x1b[0m";

// Everything but tab and line feed that a terminal may act on.
// deno-lint-ignore no-control-regex -- control characters are what this is about
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text without anything a terminal would act on. */
export function printable(text: string): string {
  return text.replace(CONTROLS, "");
}

/** Dims text where the stream is a terminal that shows colours. */
export function dim(text: string, stream: { isTTY?: boolean } = stdout): string {
  return stream.isTTY && !process.env["NO_COLOR"] ? `${DIM}${text}${RESET}` : text;
}

/** A line on stderr that the next one overwrites; nothing where stderr is no terminal. */
export class StatusLine {
  #length = 0;

  show(text: string): void {
    if (!stderr.isTTY) return;
    const line = text.slice(0, (stderr.columns || 80) - 1);
    stderr.write(`\r${line.padEnd(this.#length)}`);
    this.#length = line.length;
  }

  clear(): void {
    if (this.#length === 0) return;
    stderr.write(`\r${" ".repeat(this.#length)}\r`);
    this.#length = 0;
  }
}
