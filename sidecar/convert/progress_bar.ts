import type { ConvertProgress } from "./convert.ts";

const WIDTH = 30;
const REDRAW_MS = 100;
/** Where nobody watches, such as in a log, a line is written this often. */
const LOG_STEP = 0.1;

/** Shows on stderr how far a conversion is. */
export class ProgressBar {
  readonly #isTerminal = Deno.stderr.isTerminal();
  readonly #start = performance.now();
  #drawnAt = -Infinity;
  #logged = 0;
  #length = 0;

  show({ phase, done, total }: ConvertProgress): void {
    const share = total === 0 ? 1 : done / total;
    if (phase === "checksums") return this.#write("computing checksums…");
    const megabytes = `${(done / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`;
    const seconds = (performance.now() - this.#start) / 1e3;
    const speed = `${(done / 1e6 / Math.max(seconds, 1e-3)).toFixed(0)} MB/s`;
    if (!this.#isTerminal) {
      if (share < this.#logged + LOG_STEP) return;
      this.#logged = share;
      return this.#write(`${(share * 100).toFixed(0)} %, ${megabytes}, ${speed}`);
    }
    if (performance.now() - this.#drawnAt < REDRAW_MS && share < 1) return;
    this.#drawnAt = performance.now();
    const left = seconds / Math.max(share, 1e-6) * (1 - share);
    const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
    this.#write(`${bar} ${(share * 100).toFixed(0)} %, ${megabytes}, ${speed}, ${Math.ceil(left)} s left`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#length === 0) return;
    put(`\r${" ".repeat(this.#length)}\r`);
    this.#length = 0;
  }

  #write(line: string): void {
    if (!this.#isTerminal) return put(`${line}\n`);
    put(`\r${line.padEnd(this.#length)}`);
    this.#length = line.length;
  }
}

function put(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
