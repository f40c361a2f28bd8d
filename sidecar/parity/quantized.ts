// Runs the GGUF files of a parity folder: each is converted, and compared with what the original code gave with the
// same quantised weights.

import { Weights } from "../checkpoint/safetensors.ts";
import { readGguf } from "../checkpoint/gguf.ts";
import { partOf } from "../checkpoint/gguf_config.ts";
import { convertModel } from "../convert/convert.ts";
import { chooseFormat } from "../convert/storage.ts";
import type { AccuracyLevel } from "../model/graph_style.ts";
import { loadModel } from "../model/model.ts";
import type { Runtime } from "../onnx/runtime.ts";
import { type GreedyRun, readCases } from "./cases.ts";
import { type CaseReport, compareCase, type Difference } from "./compare.ts";

/** Allowed difference of the logits with exact arithmetic, as a share of the reference's largest magnitude. */
export const QUANTIZED_TOLERANCE = 2e-3;

/** What a case gave with the weights of a GGUF file. */
export interface QuantizedReport {
  readonly type: string;
  /** With float32 activations: this must be within the tolerance. */
  readonly exact: CaseReport;
  /** Difference of the logits with activations rounded to 8 bits, as the engine runs. */
  readonly fast: Difference;
}

/** Whether the weights give the reference's text: the pictures' features are not compared, their weights differ. */
export function passesQuantized({ exact }: QuantizedReport): boolean {
  const { largest, scale } = exact.differences["logits"] ?? { largest: Infinity, scale: 0 };
  return exact.isPromptEqual && exact.areIdsEqual && exact.areSizesEqual &&
    exact.greedyMatches === exact.greedySteps && largest <= QUANTIZED_TOLERANCE * scale;
}

/** The GGUF files of a folder by type, as far as there is a reference; and the mmproj file that goes with each. */
export async function findGguf(folder: string, types: readonly string[]) {
  const found = {
    vision: null as string | null,
    language: new Map<string, string>(),
    unknown: [] as string[],
  };
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  for (const { name } of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) {
    if (!name.endsWith(".gguf")) continue;
    const path = `${folder}/${name}`;
    if (partOf(await readGguf(path)) === "vision") {
      found.vision = path;
      continue;
    }
    const type = types.find((type) => name.toUpperCase().endsWith(`-${type}.GGUF`.toUpperCase()));
    if (type === undefined) found.unknown.push(name);
    else found.language.set(type, path);
  }
  return found;
}

/** Converts one pair of files to a folder and runs the cases that have a reference. */
export async function runQuantized(
  runtime: Runtime,
  folder: string,
  files: { readonly type: string; readonly language: string; readonly vision: string },
  references: Readonly<Record<string, GreedyRun>>,
): Promise<QuantizedReport[]> {
  const { type, language, vision } = files;
  const expected = await Weights.open(folder);
  const cases = await readCases(folder);
  const parent = await Deno.makeTempDir({ prefix: "sightline-parity-" });
  try {
    const converted = `${parent}/model`;
    await convertModel({
      sources: [language, vision],
      target: converted,
      format: () => chooseFormat({ precision: null, blockSize: 32, headBits: 8 }),
    });
    const run = async (accuracyLevel: AccuracyLevel) => {
      using model = await loadModel(runtime, {
        ...{ id: type, folder: converted, precision: "fp32", cacheFolder: parent, accuracyLevel },
      });
      const reports: CaseReport[] = [];
      for (const parityCase of cases) {
        const reference = references[parityCase.name];
        if (reference === undefined) continue;
        const logits = `${parityCase.name}.${type}.logits`;
        reports.push(
          await compareCase(model, expected, `${folder}/images`, { ...parityCase, ...reference }, logits),
        );
      }
      return reports;
    };
    const exact = await run(0);
    const fast = await run(4);
    return exact.map((report, i) => ({
      type,
      exact: report,
      fast: fast[i]?.differences["logits"] as Difference,
    }));
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}
