// The decode loop over a decoder that says what it is told to.

import assert from "node:assert/strict";
import { generate, type GenerationInput } from "../../sidecar/generate.ts";
import type { Decoder } from "../../sidecar/model/decoder.ts";
import { Sampler } from "../../sidecar/sampling.ts";

const VOCABULARY = 50;
const STOP = 49;

/** A decoder whose most likely token at each step is the next of a script. */
function scripted(script: readonly number[]) {
  const fed: number[][] = [];
  let next = 0;
  const logits = () => {
    const values = new Float32Array(VOCABULARY);
    values[script[next++] as number] = 1;
    return values;
  };
  const decoder = {
    reset: () => void fed.push([]),
    prefill: (ids: readonly number[]) => (fed.at(-1)?.push(...ids), Promise.resolve(logits())),
    step: (id: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      fed.at(-1)?.push(id);
      return Promise.resolve(logits());
    },
  };
  return { decoder: decoder as unknown as Decoder, fed };
}

async function run(script: readonly number[], input: Partial<GenerationInput> = {}) {
  const { decoder, fed } = scripted(script);
  const tokens = generate(decoder, {
    ids: [1, 2, 3],
    visual: { positions: [], tokens: new Float32Array(0) },
    sampler: new Sampler({ temperature: 0, topK: 0, topP: 1, seed: 0 }),
    stopTokenIds: [STOP, 48],
    maxTokens: 10,
    ...input,
  });
  const ids: number[] = [];
  for (;;) {
    const { value, done } = await tokens.next();
    if (done === true) return { ids, reason: value, fed };
    ids.push(value);
  }
}

Deno.test("generate() yields tokens up to the stop token, that one too", async () => {
  const { ids, reason, fed } = await run([7, 8, STOP, 9]);
  assert.deepEqual(ids, [7, 8, STOP]);
  assert.equal(reason, "end");
  assert.deepEqual(fed, [[1, 2, 3, 7, 8]]);
  assert.equal((await run([7, 48])).reason, "end");
});

Deno.test("generate() stops after as many tokens as it may make", async () => {
  const { ids, reason, fed } = await run([4, 5, 6, 7], { maxTokens: 2 });
  assert.deepEqual([ids, reason], [[4, 5], "length"]);
  assert.deepEqual(fed, [[1, 2, 3, 4]], "the last token need not be fed");
  assert.deepEqual((await run([4], { maxTokens: 1 })).ids, [4]);
});

Deno.test("generate() says end, not length, when the last token allowed is the stop token", async () => {
  assert.equal((await run([4, STOP], { maxTokens: 2 })).reason, "end");
});

Deno.test("generate() cuts off a loop", async () => {
  const { ids, reason } = await run(Array(500).fill(5), { maxTokens: 500 });
  assert.equal(reason, "loop");
  assert.ok(ids.length < 100, `${ids.length} tokens`);
});

Deno.test("generate() stops when its signal aborts", async () => {
  const controller = new AbortController();
  const { decoder } = scripted(Array(500).fill(5));
  const tokens = generate(decoder, {
    ids: [1],
    visual: { positions: [], tokens: new Float32Array(0) },
    sampler: new Sampler({ temperature: 0, topK: 0, topP: 1, seed: 0 }),
    stopTokenIds: [STOP],
    maxTokens: 10,
    signal: controller.signal,
  });
  await tokens.next();
  controller.abort();
  await assert.rejects(tokens.next(), { name: "AbortError" });
});
