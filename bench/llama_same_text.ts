// node dist/bench/llama_same_text.js <folder with node-llama-cpp installed> <parity folder…>: llama.cpp runs the GGUF
// files of parity folders on the prompts without pictures, along the ids that `npm run parity` holds our engine to.
//
// llama.cpp is no dependency of this project. Install a copy elsewhere:
//   npm install --ignore-scripts node-llama-cpp@3.22.1

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** The part of node-llama-cpp that is used here. */
interface Llama {
  loadModel(options: { modelPath: string }): Promise<{
    createContext(
      options: { contextSize: number },
    ): Promise<{ getSequence(): Sequence; dispose(): Promise<void> }>;
    detokenize(tokens: readonly number[], specialTokens: boolean): string;
    dispose(): Promise<void>;
  }>;
}

interface Sequence {
  controlledEvaluate(
    input:
      readonly (number | [number, { generateNext: { token: boolean; options: { temperature: number } } }])[],
  ): Promise<readonly ({ next: { token?: number } } | undefined)[]>;
}

/** The part of cases.json that is used here. */
interface Cases {
  readonly cases: readonly {
    readonly name: string;
    readonly input_ids: readonly number[];
    readonly tgt_sizes?: unknown;
  }[];
  readonly quantized: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly greedy_ids: readonly number[]; readonly greedy_margins: readonly number[] }>
      >
    >
  >;
}

/**
 * llama.cpp rounds activations to 8 bits, which moves logits of these models by some hundredths: a choice that the
 * reference made by less than this is not held to be meaningful.
 */
const UNDECIDED_MARGIN = 0.1;

const [installed, ...folders] = process.argv.slice(2);
if (installed === undefined || folders.length === 0) {
  console.error(
    "usage: node dist/bench/llama_same_text.js <folder with node-llama-cpp installed> <parity folder…>",
  );
  process.exit(2);
}
const entry = createRequire(join(resolve(installed), "package.json")).resolve("node-llama-cpp");
const { getLlama } = await import(pathToFileURL(entry).href) as { getLlama(options: object): Promise<Llama> };
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
let isEqual = true;
for (const folder of folders) isEqual = await runFolder(resolve(folder)) && isEqual;
// llama.cpp keeps threads that would hold the process.
process.exit(isEqual ? 0 : 1);

async function runFolder(folder: string): Promise<boolean> {
  const { cases, quantized } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as Cases;
  const files = readdirSync(join(folder, "gguf"));
  let isEqual = true;
  for (const [type, runs] of Object.entries(quantized)) {
    const file = files.find((name) => name.endsWith(`-${type}.gguf`) && !name.startsWith("mmproj"));
    if (file === undefined) continue;
    const model = await llama.loadModel({ modelPath: join(folder, "gguf", file) });
    for (const { name, input_ids, tgt_sizes } of cases) {
      const reference = runs[name];
      if (reference === undefined || tgt_sizes !== undefined) continue; // Its own code for pictures differs.
      const context = await model.createContext({ contextSize: 512 });
      const ids = await chooseAlong(context.getSequence(), input_ids, reference.greedy_ids);
      await context.dispose();
      isEqual = report(`${folder} ${type} ${name}`, ids, reference) && isEqual;
      console.log(`       ${JSON.stringify(model.detokenize(ids, true))}`);
    }
    await model.dispose();
  }
  return isEqual;
}

/** The most likely id at each step of a given continuation. */
async function chooseAlong(
  sequence: Sequence,
  prompt: readonly number[],
  continuation: readonly number[],
): Promise<number[]> {
  const asked = { generateNext: { token: true, options: { temperature: 0 } } };
  const results = await sequence.controlledEvaluate([
    ...prompt.slice(0, -1),
    ...[prompt.at(-1) as number, ...continuation.slice(0, -1)].map((
      id,
    ): [number, typeof asked] => [id, asked]),
  ]);
  return results.flatMap((result) => result?.next.token ?? []);
}

function report(
  label: string,
  ids: readonly number[],
  { greedy_ids, greedy_margins }: {
    readonly greedy_ids: readonly number[];
    readonly greedy_margins: readonly number[];
  },
): boolean {
  const differing = greedy_ids.map((_, i) => i).filter((i) => ids[i] !== greedy_ids[i]);
  const wrong = differing.filter((i) => (greedy_margins[i] ?? Infinity) >= UNDECIDED_MARGIN);
  const margins = differing.map((i) => `step ${i + 1}, decided by ${greedy_margins[i]}`).join("; ");
  console.log(
    `${wrong.length === 0 && ids.length === greedy_ids.length ? "ok  " : "FAIL"}   ${label}: ` +
      `${greedy_ids.length - differing.length} of ${greedy_ids.length} equal${
        margins === "" ? "" : ` (not: ${margins})`
      }`,
  );
  return wrong.length === 0 && ids.length === greedy_ids.length;
}
