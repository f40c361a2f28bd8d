import type { ReadText, TextReader } from "../../sidecar/pictures.ts";

/** A text reader that has read everything before. */
export class FakeReader implements TextReader {
  /** Pictures read so far. */
  count = 0;
  isDisposed = false;
  lines: readonly string[];

  constructor(lines: readonly string[] = []) {
    this.lines = lines;
  }

  read(): Promise<ReadText> {
    this.count++;
    const box = [[0, 0], [1, 0], [1, 1], [0, 1]] as const;
    return Promise.resolve({
      text: this.lines.join("\n"),
      lines: this.lines.map((text) => ({ text, confidence: 1, box })),
    });
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}
