// Long loops in JavaScript give the event loop a turn now and then, so that a request to cancel is heard.

/** Longest stretch of work without a pause. */
const STRETCH_MS = 12;

/** A pause to take when it is due. */
export interface Pause {
  /** Whether the loop has worked long enough without a pause. */
  readonly isDue: boolean;
  /** Lets other events run. Throws the signal's reason when it has aborted. */
  now(): Promise<void>;
}

/** Starts measuring a stretch of work. */
export function breathe(signal?: AbortSignal): Pause {
  let since = performance.now();
  return {
    get isDue() {
      return performance.now() - since > STRETCH_MS;
    },
    async now() {
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      since = performance.now();
    },
  };
}
