/** Keeps the values used last, up to a number of bytes. */
export class LruCache<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly byteLength: number }>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The value of a key, which counts as used now; undefined when it is not there. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value, and forgets the ones used longest ago where there is no room. */
  set(key: string, value: V, byteLength: number): void {
    this.#delete(key);
    if (byteLength > this.#maxBytes) return;
    this.#entries.set(key, { value, byteLength });
    this.#bytes += byteLength;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#delete(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.byteLength ?? 0;
    this.#entries.delete(key);
  }
}
