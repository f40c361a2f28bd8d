// Deletes what is no longer kept: once in a window's life, and a while after pictures came in.

import { deleteUnused } from "../picture_use.ts";
import type { Library } from "./library.ts";
import type { StoredPictures } from "./stored_pictures.ts";

/** Pictures come in groups, and a limit need not be kept to the second. */
const AFTER_MS = 60_000;

/** What tidying needs. */
export interface TidyingParts {
  readonly library: Pick<Library, "removeDrafts">;
  readonly pictures: Pick<StoredPictures, "makeRoom">;
  /** Copies that were opened in an editor, which nothing else looks after. */
  readonly openedFolder: string;
  readonly maxBytes: () => number;
  readonly log: { info(line: string): void; error(line: string): void };
}

/** Tidies a storage folder. */
export class Tidying {
  readonly #parts: TidyingParts;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: TidyingParts) {
    this.#parts = parts;
  }

  /** Tidies in a while, once for all calls until then. @param afterMs until then, in milliseconds */
  soon(afterMs = AFTER_MS): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.now();
    }, afterMs).unref();
  }

  /** What goes wrong is logged; it is tried again the next time. */
  async now(): Promise<void> {
    const { library, pictures, openedFolder, maxBytes, log } = this.#parts;
    try {
      await library.removeDrafts();
      const count = await pictures.makeRoom(maxBytes()) + await deleteUnused(openedFolder);
      if (count > 0) log.info(`pictures: deleted ${count} that are no longer kept`);
    } catch (error) {
      log.error(`pictures: could not be tidied, ${String(error)}`);
    }
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
