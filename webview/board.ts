import { useEffect, useRef, useState } from "preact/hooks";

/** Values by name that parts of the page watch, each only the names it needs. */
export class Board<T> {
  readonly #values = new Map<string, T>();
  readonly #watchers = new Map<string, Set<() => void>>();

  get(name: string): T | undefined {
    return this.#values.get(name);
  }

  /** Sets a value, or takes it away, and tells those who watch its name. */
  set(name: string, value: T | undefined): void {
    if (this.#values.get(name) === value) return;
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
    for (const changed of this.#watchers.get(name) ?? []) changed();
  }

  /** @returns what ends the watching */
  watch(name: string, changed: () => void): () => void {
    const watchers = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, watchers.add(changed));
    return () => {
      watchers.delete(changed);
      if (watchers.size === 0) this.#watchers.delete(name);
    };
  }
}

/** The value under a name, and a new drawing whenever it changes. */
export function useBoard<T>(board: Board<T>, name: string): T | undefined {
  const [, draw] = useState(0);
  useEffect(() => board.watch(name, () => draw((count) => count + 1)), [board, name]);
  return board.get(name);
}

/** Takes each value that is put under a name off the board and does what it asks for, also what waits already. */
export function useWishes<T>(board: Board<T>, name: string, fulfil: (wish: T) => void): void {
  const latest = useRef(fulfil);
  latest.current = fulfil;
  useEffect(() => {
    const look = (): void => {
      const wish = board.get(name);
      if (wish === undefined) return;
      board.set(name, undefined);
      latest.current(wish);
    };
    look();
    return board.watch(name, look);
  }, [board, name]);
}
