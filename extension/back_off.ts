/** Waits before the first, second … restart after crashes in a row. */
const DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000];

/** A sidecar that ran this long before it crashed starts a new row. */
const STABLE_MS = 60_000;

/** Decides how long to wait before a crashed process is started again, and when to give up. */
export class BackOff {
  #crashCount = 0;

  /**
   * Counts a crash.
   * @param upMs how long the process had been ready
   * @returns the wait before the next start in milliseconds, or null to give up
   */
  crashed(upMs: number): number | null {
    if (upMs >= STABLE_MS) this.#crashCount = 0;
    return DELAYS_MS[this.#crashCount++] ?? null;
  }

  /** Forgets all crashes. */
  reset(): void {
    this.#crashCount = 0;
  }
}
