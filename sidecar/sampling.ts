// Chooses the next token from logits.

/** How to choose. */
export interface Sampling {
  /** 0 takes the most likely token. */
  readonly temperature: number;
  /** Keep this many of the most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** Keep the most likely tokens that together have this probability. */
  readonly topP: number;
  /** The same seed gives the same choices. */
  readonly seed: number;
}

/** Chooses token ids, one after another. */
export class Sampler {
  readonly #sampling: Sampling;
  readonly #random: () => number;

  constructor(sampling: Sampling) {
    this.#sampling = sampling;
    this.#random = randomNumbers(sampling.seed);
  }

  /** Chooses from logits [vocabulary] of one position. */
  choose(logits: Float32Array): number {
    const { temperature } = this.#sampling;
    return temperature <= 0 ? argmax(logits) : this.#draw(logits, temperature);
  }

  #draw(logits: Float32Array, temperature: number): number {
    const { topK, topP } = this.#sampling;
    const candidates = largest(logits, topK > 0 ? Math.min(topK, logits.length) : logits.length);
    const peak = logits[candidates[0] as number] as number;
    const weights = candidates.map((id) => Math.exp(((logits[id] as number) - peak) / temperature));
    const nucleus = topP * weights.reduce((sum, weight) => sum + weight, 0);
    let kept = 0;
    let mass = 0;
    while (kept < weights.length && mass < nucleus) mass += weights[kept++] as number;
    let left = this.#random() * mass;
    for (let i = 0; i < kept; i++) {
      left -= weights[i] as number;
      if (left < 0) return candidates[i] as number;
    }
    return candidates[Math.max(kept - 1, 0)] as number;
  }
}

/** Indices of the largest values, the largest first. Sorting a whole vocabulary would take longer than a decode step. */
function largest(values: Float32Array, count: number): number[] {
  const valueOf = (id: number | undefined) => values[id as number] as number;
  if (count === values.length) return Array.from(values.keys()).sort((a, b) => valueOf(b) - valueOf(a));
  const ids: number[] = [];
  values.forEach((value, id) => {
    if (ids.length === count && value <= valueOf(ids[count - 1])) return;
    let at = ids.length;
    while (at > 0 && value > valueOf(ids[at - 1])) at--;
    ids.splice(at, 0, id);
    if (ids.length > count) ids.pop();
  });
  return ids;
}

/** Index of the largest value; the first one of equals. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Uniform numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
