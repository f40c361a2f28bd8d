// Which of the files that answers name are in the workspace. The extension knows; here it is asked once for each.

import { Board } from "../board.ts";

/** More paths are not asked for: no answer that a person reads names so many. */
const MAX_PATHS = 500;

/** Paths of one question to the extension. */
const PATHS_AT_ONCE = 100;

/** The workspace's files, as far as answers name them. */
export class WorkspaceFiles {
  /** By the path that an answer gives: the path in the workspace, or null where there is no such file. */
  readonly known = new Board<string | null>();
  readonly #ask: (paths: readonly string[]) => void;
  readonly #asked = new Set<string>();
  #waiting: string[] = [];

  constructor(ask: (paths: readonly string[]) => void) {
    this.#ask = ask;
  }

  /** Has a path looked up, unless it was already. */
  wonder(path: string): void {
    if (this.#asked.has(path) || this.#asked.size >= MAX_PATHS) return;
    this.#asked.add(path);
    this.#waiting.push(path);
    if (this.#waiting.length === 1) queueMicrotask(() => this.#send());
  }

  /** Takes over what the extension has found out. */
  tell(files: ReadonlyMap<string, string | null>): void {
    for (const [path, file] of files) this.known.set(path, file);
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < waiting.length; start += PATHS_AT_ONCE) {
      this.#ask(waiting.slice(start, start + PATHS_AT_ONCE));
    }
  }
}
