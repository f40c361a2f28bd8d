// Remembers which parts of a half-written model are finished, so that a conversion that was killed can go on.

import { Failure } from "../../protocol/errors.ts";
import type { Loss } from "../model/weight_writer.ts";

const JOURNAL_FILE = "journal.jsonl";

/** A finished part. */
export interface JournalEntry {
  readonly key: string;
  readonly loss: Loss | null;
}

/** The journal of a folder; only one process can have it open. */
export class Journal implements Disposable {
  /** Parts that an earlier conversion of the same source in the same way has finished. */
  readonly finished: ReadonlyMap<string, JournalEntry>;
  readonly #folder: string;
  readonly #file: Deno.FsFile;
  #isOpen = true;

  private constructor(folder: string, file: Deno.FsFile, finished: ReadonlyMap<string, JournalEntry>) {
    this.#folder = folder;
    this.#file = file;
    this.finished = finished;
  }

  /**
   * Opens the journal of a folder. What an earlier conversion has left there goes away, unless it had the same identity.
   * @param identity changes with everything that the result depends on
   * @throws Failure "storage-failed" when another process is at it
   */
  static async open(folder: string, identity: string): Promise<Journal> {
    await Deno.mkdir(folder, { recursive: true });
    const path = `${folder}/${JOURNAL_FILE}`;
    const file = await Deno.open(path, { read: true, write: true, create: true });
    if (!await file.tryLock(true)) {
      file.close();
      throw new Failure("storage-failed", `Another conversion is writing to "${folder}" at this moment.`, {
        subject: folder,
      });
    }
    const finished = parse(await Deno.readTextFile(path), identity);
    const journal = new Journal(folder, file, finished ?? new Map());
    if (finished === null) await journal.#start(folder, identity);
    // A line that the end of the process has cut off is overwritten.
    else await journal.#rewrite(identity);
    return journal;
  }

  /** Notes finished parts, whose bytes must be on the disk. */
  async add(entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length > 0) await this.#write(entries.map((entry) => JSON.stringify(entry)));
  }

  async #start(folder: string, identity: string): Promise<void> {
    for await (const { name } of Deno.readDir(folder)) {
      if (name !== JOURNAL_FILE) await Deno.remove(`${folder}/${name}`, { recursive: true });
    }
    await this.#rewrite(identity);
  }

  async #rewrite(identity: string): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    await this.#write([identity, ...[...this.finished.values()].map((entry) => JSON.stringify(entry))]);
  }

  async #write(lines: readonly string[]): Promise<void> {
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
    for (let written = 0; written < bytes.length;) written += await this.#file.write(bytes.subarray(written));
    await this.#file.syncData();
  }

  /** Takes the journal out of a folder that is finished. */
  async remove(): Promise<void> {
    this[Symbol.dispose]();
    await Deno.remove(`${this.#folder}/${JOURNAL_FILE}`);
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}

/** The finished parts; null when the journal is of something else. */
function parse(text: string, identity: string): Map<string, JournalEntry> | null {
  const [first, ...lines] = text.split("\n");
  if (first !== identity) return null;
  const finished = new Map<string, JournalEntry>();
  lines.pop(); // Behind the last line feed: nothing, or a line that was cut off.
  for (const line of lines) {
    try {
      const entry = JSON.parse(line) as JournalEntry;
      finished.set(entry.key, entry);
    } catch {
      break; // What follows a damaged line is not trusted.
    }
  }
  return finished;
}
