// Hearing a request to cancel: long loops in JavaScript give the event loop a turn now and then, and nobody waits for
// work of others that cannot be stopped.

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

/**
 * Waits for what cannot be stopped. After an abort it goes on, and what comes of it is dropped.
 * @throws what the promise does; the signal's reason when it aborts first
 */
export function waitFor<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  if (signal.aborted) giveUp();
  else signal.addEventListener("abort", giveUp);
  return Promise.race([aborted, promise]).finally(() => signal.removeEventListener("abort", giveUp));
}
