// The decode loop over a decoder that says what it is told to.

import assert from "node:assert/strict";
import { generate, type GenerationInput, type Steering } from "../../sidecar/generate.ts";
import { type Decoder, NO_VISUAL } from "../../sidecar/model/decoder.ts";
import { Sampler } from "../../sidecar/sampling.ts";

const VOCABULARY = 50;
const STOP = 49;

/** A decoder whose most likely token at each step is the next of a script. */
function scripted(script: readonly number[], reused = 0) {
  const fed: number[][] = [];
  let next = 0;
  const logits = () => {
    const values = new Float32Array(VOCABULARY);
    values[script[next++] as number] = 1;
    return values;
  };
  const decoder = {
    keepCommonPrefix: () => (fed.push([]), reused),
    prefill: (ids: readonly number[]) => (fed.at(-1)?.push(...ids), Promise.resolve(logits())),
    step: (id: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      fed.at(-1)?.push(id);
      return Promise.resolve(logits());
    },
  };
  return { decoder: decoder as unknown as Decoder, fed };
}

const GREEDY = { repetitionPenalty: 1, temperature: 0, topK: 0, topP: 1, minP: 0 };
const GO: Steering = { kind: "go" };

async function run(script: readonly number[], input: Partial<GenerationInput> = {}, reused = 0) {
  const { decoder, fed } = scripted(script, reused);
  const ids: number[] = [];
  const {
    onToken = (_: number, isLoop: boolean) => isLoop ? { kind: "stop", reason: "loop" } : GO,
    ...rest
  } = input;
  const end = await generate(decoder, {
    ids: [1, 2, 3],
    visual: NO_VISUAL,
    sampler: new Sampler(GREEDY, 0),
    stopTokenIds: [STOP, 48],
    maxTokens: 10,
    onToken: (id, isLoop) => (ids.push(id), onToken(id, isLoop)),
    ...rest,
  });
  return { ids, reason: end.reason, reusedCount: end.reusedCount, fed };
}

Deno.test("generate() tells tokens up to the stop token, that one too", async () => {
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
  const ids: number[] = [];
  const running = run(Array(500).fill(5), {
    signal: controller.signal,
    onToken: (id) => (ids.push(id), controller.abort(), GO),
  });
  await assert.rejects(running, { name: "AbortError" });
  assert.deepEqual(ids, [5]);
});

Deno.test("generate() feeds only what the cache does not hold, and says how much it held", async () => {
  const { fed, reusedCount } = await run([7, STOP], { ids: [1, 2, 3, 4] }, 3);
  assert.deepEqual([fed, reusedCount], [[[4, 7]], 3]);
});

Deno.test("generate() puts tokens in where it is told to, and they count", async () => {
  const onToken = (id: number): Steering => id === 8 ? { kind: "insert", ids: [20, 21] } : GO;
  const { ids, reason, fed } = await run([7, 8, 9, STOP], { onToken });
  assert.deepEqual([ids, reason], [[7, 8, 9, STOP], "end"]);
  assert.deepEqual(fed, [[1, 2, 3, 7, 8, 20, 21, 9]]);
  assert.deepEqual((await run([7, 8, 9, 9, 9], { onToken, maxTokens: 5 })).ids, [7, 8, 9]);
  assert.equal((await run([8, 9], { onToken, maxTokens: 3 })).reason, "length");
});

Deno.test("generate() stops where it is told to", async () => {
  const { ids, reason } = await run([7, 8, 9], {
    onToken: (id) => id === 8 ? { kind: "stop", reason: "end" } : GO,
  });
  assert.deepEqual([ids, reason], [[7, 8], "end"]);
});

Deno.test("generate() looks for loops anew behind tokens that were put in", async () => {
  const loops: number[] = [];
  let count = 0;
  await run(Array(150).fill(5), {
    maxTokens: 140,
    onToken: (_, isLoop) => {
      count++;
      if (!isLoop) return GO;
      loops.push(count);
      return { kind: "insert", ids: [6] };
    },
  });
  assert.equal(loops.length, 2);
  assert.equal(loops[1], 2 * (loops[0] as number));
});
