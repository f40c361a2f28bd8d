import { setTimeout as delay } from "node:timers/promises";

/** How long something in the editor may take on a busy two-core machine. */
export const PATIENCE_MS = 30_000;

const PAUSE_MS = 100;

/**
 * Asks again and again until the answer is neither `undefined` nor `false`, and gives that answer.
 * @throws Error naming `what` when `patienceMs` have passed, with the last error of `ask` as its cause
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = Date.now() + patienceMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= end) {
      throw new Error(`Waited ${patienceMs / 1000} s in vain for ${what}`, { cause });
    }
    await delay(PAUSE_MS);
  }
}
