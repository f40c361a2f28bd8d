import assert from "node:assert/strict";
import { argmax, Sampler, type Sampling } from "../../sidecar/sampling.ts";

const ALL: Sampling = { repetitionPenalty: 1, temperature: 1, topK: 0, topP: 1, minP: 0 };

/** Shares of each token over many draws. */
function shares(sampling: Partial<Sampling>, logits: readonly number[], draws = 20000): number[] {
  const sampler = new Sampler({ ...ALL, ...sampling }, 1);
  const counts = logits.map(() => 0);
  for (let i = 0; i < draws; i++) {
    const id = sampler.choose(Float32Array.from(logits));
    counts[id] = (counts[id] as number) + 1;
  }
  return counts.map((count) => count / draws);
}

/** Four standard deviations of a share over 20,000 draws are at most 0.015. */
function close(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((share, i) =>
    assert.ok(Math.abs(share - (expected[i] as number)) < 0.015, `${actual} is not near ${expected}`)
  );
}

function softmax(logits: readonly number[], temperature = 1): number[] {
  const weights = logits.map((logit) => Math.exp(logit / temperature));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

const LOGITS = [0.5, 2, -1, 1.5, 0];

Deno.test("Sampler takes the most likely token at temperature 0, the first of equals", () => {
  const sampler = new Sampler({ ...ALL, temperature: 0 }, 1);
  assert.equal(sampler.choose(Float32Array.of(1, 3, 2)), 1);
  assert.equal(sampler.choose(Float32Array.of(5, 1, 5)), 0);
  assert.equal(argmax(Float32Array.of(-3, -1, -2)), 1);
});

Deno.test("Sampler draws each token as often as its probability says", () => {
  close(shares({}, LOGITS), softmax(LOGITS));
  close(shares({ temperature: 0.5 }, LOGITS), softmax(LOGITS, 0.5));
  close(shares({ temperature: 3 }, LOGITS), softmax(LOGITS, 3));
});

Deno.test("Sampler keeps to the most likely topK tokens", () => {
  const kept = softmax([2, 1.5]);
  close(shares({ topK: 2 }, LOGITS), [0, kept[0] as number, 0, kept[1] as number, 0]);
  close(shares({ topK: 1 }, LOGITS), [0, 1, 0, 0, 0]);
  close(shares({ topK: 100 }, LOGITS), softmax(LOGITS));
});

Deno.test("Sampler keeps the fewest tokens that together have the probability topP", () => {
  // Probabilities are 0.5, 0.3 and 0.2.
  const logits = [0.3, 0.5, 0.2].map(Math.log);
  close(shares({ topP: 0.45 }, logits), [0, 1, 0]);
  close(shares({ topP: 0.75 }, logits), [0.375, 0.625, 0]);
  close(shares({ topP: 0.85 }, logits), [0.3, 0.5, 0.2]);
  close(shares({ topP: 0 }, logits), [0, 1, 0]);
});

Deno.test("Sampler applies topP to what topK and the temperature leave", () => {
  // Of the two best, 0.5 and 0.3, the first has the share 0.625 and at temperature 0.5 0.735.
  const logits = [0.3, 0.5, 0.2].map(Math.log);
  close(shares({ topK: 2, topP: 0.7 }, logits), [0.375, 0.625, 0]);
  close(shares({ topK: 2, topP: 0.7, temperature: 0.5 }, logits), [0, 1, 0]);
});

Deno.test("Sampler makes the same choices from the same seed, and others from another", () => {
  const draw = (seed: number) => {
    const sampler = new Sampler(ALL, seed);
    return Array.from({ length: 40 }, () => sampler.choose(Float32Array.from(LOGITS))).join("");
  };
  assert.equal(draw(7), draw(7));
  assert.notEqual(draw(7), draw(8));
  assert.notEqual(draw(-7), draw(7));
});

Deno.test("Sampler draws from a large vocabulary what it draws from a sorted one", () => {
  const logits = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i * 12.9898) * 4);
  const best = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number)).slice(0, 40);
  const sampler = new Sampler({ ...ALL, topK: 40 }, 3);
  const drawn = new Set(Array.from({ length: 4000 }, () => sampler.choose(logits)));
  assert.deepEqual([...drawn].sort((a, b) => a - b), best.sort((a, b) => a - b));
});

Deno.test("Sampler keeps tokens at least minP times as likely as the most likely one", () => {
  // Probabilities are 0.5, 0.3 and 0.2: shares of the first are 1, 0.6 and 0.4.
  const logits = [0.3, 0.5, 0.2].map(Math.log);
  close(shares({ minP: 0.5 }, logits), [0.375, 0.625, 0]);
  close(shares({ minP: 0.3 }, logits), [0.3, 0.5, 0.2]);
  close(shares({ minP: 1 }, logits), [0, 1, 0]);
  // At temperature 0.5 the shares are 1, 0.36 and 0.16.
  close(shares({ minP: 0.5, temperature: 0.5 }, logits), [0, 1, 0]);
});

Deno.test("Sampler finds the nucleus of a large vocabulary however many tokens it has", () => {
  const logits = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i * 12.9898) * 0.2);
  const probabilities = softmax([...logits]);
  const order = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number));
  for (const topP of [0.01, 0.2, 0.9]) {
    let mass = 0;
    const nucleus = new Set<number>();
    for (const id of order) {
      if (mass >= topP) break;
      mass += probabilities[id] as number;
      nucleus.add(id);
    }
    const sampler = new Sampler({ ...ALL, topP }, 5);
    const drawn = new Set(Array.from({ length: 300 }, () => sampler.choose(logits)));
    assert.ok([...drawn].every((id) => nucleus.has(id)), `${topP}`);
    assert.ok(drawn.size > 0.5 * Math.min(nucleus.size, 250), `${topP}: ${drawn.size} of ${nucleus.size}`);
  }
});

Deno.test("Sampler makes tokens it has chosen less likely, as the reference does", () => {
  const logits = Float32Array.of(2, 3, -1);
  const sampler = new Sampler({ ...ALL, temperature: 0, repetitionPenalty: 2 }, 1);
  assert.equal(sampler.choose(logits), 1); // 3 is halved to 1.5 now.
  assert.equal(sampler.choose(logits), 0); // 2 is halved to 1, below 1.5.
  assert.equal(sampler.choose(logits), 1);
  assert.deepEqual([...logits], [2, 3, -1], "logits stay as they are");
  // Below 0 it multiplies: -1 becomes -2, once, however often it was chosen.
  const seen = new Sampler({ ...ALL, temperature: 0, repetitionPenalty: 2 }, 1, [0, 0, 0]);
  assert.equal(seen.choose(Float32Array.of(-1, -1.9)), 1);
  assert.equal(
    new Sampler({ ...ALL, temperature: 0, repetitionPenalty: 2 }, 1, [0, 0]).choose(
      Float32Array.of(-1, -2.1),
    ),
    0,
  );
});
