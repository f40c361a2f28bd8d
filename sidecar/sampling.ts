// Chooses the next token from logits.

/** How to choose. The steps apply in this order, as in Hugging Face Transformers. */
export interface Sampling {
  /**
   * Divides the logits above 0 of tokens chosen before, and multiplies those below; 1 changes nothing. The prompt's
   * tokens do not count, as in the reference, which generates from embeddings.
   */
  readonly repetitionPenalty: number;
  /** 0 takes the most likely token. */
  readonly temperature: number;
  /** Keep this many of the most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** Keep the most likely tokens that together have this probability. */
  readonly topP: number;
  /** Keep tokens at least this many times as likely as the most likely one; 0 keeps all. */
  readonly minP: number;
}

/** Tokens looked at first when any number may be kept. */
const FIRST_LOOK = 64;
const LOOK_GROWTH = 16;

/** Chooses token ids, one after another. */
export class Sampler {
  readonly #sampling: Sampling;
  readonly #random: () => number;
  readonly #seen: Set<number>;

  /**
   * @param seed the same seed gives the same choices
   * @param seen tokens of the reply that were chosen before
   */
  constructor(sampling: Sampling, seed: number, seen: readonly number[] = []) {
    this.#sampling = sampling;
    this.#random = randomNumbers(seed);
    this.#seen = new Set(seen);
  }

  /** Chooses from logits [vocabulary] of one position, which stay as they are. */
  choose(logits: Float32Array): number {
    const { temperature, repetitionPenalty } = this.#sampling;
    const scores = repetitionPenalty === 1 ? logits : this.#penalise(logits, repetitionPenalty);
    const id = temperature <= 0 ? argmax(scores) : this.#draw(scores, temperature);
    this.#seen.add(id);
    return id;
  }

  #penalise(logits: Float32Array, penalty: number): Float32Array {
    const scores = logits.slice();
    for (const id of this.#seen) {
      const score = scores[id] as number;
      scores[id] = score > 0 ? score / penalty : score * penalty;
    }
    return scores;
  }

  #draw(scores: Float32Array, temperature: number): number {
    const { topK, topP, minP } = this.#sampling;
    const peak = scores[argmax(scores)] as number;
    const weightOf = (id: number) => Math.exp(((scores[id] as number) - peak) / temperature);
    const limit = topK > 0 ? Math.min(topK, scores.length) : scores.length;
    if (limit === scores.length && topP >= 1 && minP <= 0) return this.#pick(scores.keys(), weightOf);
    // Sorting a whole vocabulary would take longer than a decode step, and the nucleus is nearly always small.
    const whole = topK > 0 ? undefined : sum(scores.keys(), weightOf);
    for (let look = topK > 0 ? limit : FIRST_LOOK;; look *= LOOK_GROWTH) {
      const candidates = largest(scores, Math.min(look, limit));
      const nucleus = topP * (whole ?? sum(candidates, weightOf));
      const kept = countKept(candidates.map(weightOf), nucleus, minP);
      if (kept < look || look >= limit) return this.#pick(candidates.slice(0, kept), weightOf);
    }
  }

  #pick(ids: Iterable<number>, weightOf: (id: number) => number): number {
    const list = [...ids];
    let left = this.#random() * sum(list, weightOf);
    for (const id of list) {
      left -= weightOf(id);
      if (left < 0) return id;
    }
    return list.at(-1) as number;
  }
}

/** How many of the most likely tokens stay: those that fill the nucleus and are not too unlikely; at least one. */
function countKept(weights: readonly number[], nucleus: number, minP: number): number {
  let kept = 0;
  let mass = 0;
  while (kept < weights.length && mass < nucleus && (weights[kept] as number) >= minP) {
    mass += weights[kept++] as number;
  }
  return Math.max(kept, 1);
}

function sum(ids: Iterable<number>, weightOf: (id: number) => number): number {
  let total = 0;
  for (const id of ids) total += weightOf(id);
  return total;
}

/** Indices of the largest values, the largest first. */
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
