// Runs every case of one or more parity folders, and their GGUF files, and prints a line for each:
// `npm run parity -- <folder…>`.

import { createRequire } from "node:module";
import { Weights } from "../checkpoint/safetensors.ts";
import { loadModel } from "../model/model.ts";
import { Runtime } from "../onnx/runtime.ts";
import { runtimeLibraryIn } from "../onnx/library_path.ts";
import { readCases, readQuantizedRuns } from "./cases.ts";
import { type CaseReport, compareCase, type Difference, passes, TOLERANCE } from "./compare.ts";
import {
  findGguf,
  passesQuantized,
  QUANTIZED_TOLERANCE,
  type QuantizedReport,
  runQuantized,
} from "./quantized.ts";

const STAGES = ["patches", "vision", "resampler", "logits"];

async function runFolder(runtime: Runtime, folder: string): Promise<boolean> {
  const cacheFolder = await Deno.makeTempDir({ prefix: "sightline-parity-" });
  try {
    using model = await loadModel(runtime, {
      id: folder,
      folder: `${folder}/checkpoint`,
      precision: "fp32",
      cacheFolder,
    });
    const expected = await Weights.open(folder);
    let isEqual = true;
    console.log(`${folder}: fp32, largest difference / largest reference magnitude (limit ${TOLERANCE})`);
    for (const parityCase of await readCases(folder)) {
      const report = await compareCase(model, expected, `${folder}/images`, parityCase);
      console.log(describe(report));
      isEqual &&= passes(report);
    }
    return isEqual;
  } finally {
    await Deno.remove(cacheFolder, { recursive: true });
  }
}

async function runGguf(runtime: Runtime, folder: string): Promise<boolean> {
  const runs = await readQuantizedRuns(folder);
  const { vision, language, unknown } = await findGguf(`${folder}/gguf`, Object.keys(runs));
  for (const name of unknown) console.log(`  --   ${name}: there is no reference for it`);
  if (Object.keys(runs).length === 0) return true;
  console.log(
    `${folder}: GGUF, exact arithmetic (limit ${QUANTIZED_TOLERANCE}), and with activations of 8 bits`,
  );
  let isEqual = true;
  for (const [type, references] of Object.entries(runs)) {
    const file = language.get(type);
    if (file === undefined || vision === null) {
      console.log(
        `  --   ${type}: ${file === undefined ? "there is no file of it" : "there is no mmproj file"}`,
      );
      continue;
    }
    const files = { type, language: file, vision };
    for (const report of await runQuantized(runtime, folder, files, references)) {
      console.log(describeQuantized(report));
      isEqual &&= passesQuantized(report);
    }
  }
  return isEqual;
}

function describeQuantized(report: QuantizedReport): string {
  const { type, exact, fast } = report;
  const share = ({ largest, scale }: Difference) => (largest / scale).toExponential(1);
  return [
    `  ${passesQuantized(report) ? "ok  " : "FAIL"} GGUF ${type.padEnd(8)} ${exact.name.padEnd(22)}`,
    `ids ${exact.areIdsEqual ? "equal" : "DIFFERENT"}`,
    `logits ${share(exact.differences["logits"] as Difference)}`,
    `greedy ${exact.greedyMatches}/${exact.greedySteps}`,
    `8-bit activations: logits ${share(fast)}`,
  ].join("  ");
}

function describe(report: CaseReport): string {
  const mark = (ok: boolean) => ok ? "equal" : "DIFFERENT";
  const stages = STAGES.filter((stage) => stage in report.differences).map((stage) => {
    const { largest, scale } = report.differences[stage] ?? { largest: NaN, scale: NaN };
    return `${stage} ${largest.toExponential(1)} / ${scale.toPrecision(3)}`;
  });
  return [
    `  ${passes(report) ? "ok  " : "FAIL"} ${report.name.padEnd(22)}`,
    `prompt ${mark(report.isPromptEqual)}`,
    `ids ${mark(report.areIdsEqual)}`,
    `sizes ${mark(report.areSizesEqual)}`,
    ...stages,
    `greedy ${report.greedyMatches}/${report.greedySteps}`,
  ].join("  ");
}

if (import.meta.main) {
  if (Deno.args.length === 0) {
    console.error(
      "usage: npm run parity -- <folder…>   (folders with checkpoint/, images/, gguf/, cases.json, expected.safetensors)",
    );
    Deno.exit(2);
  }
  const packageFile = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  using runtime = new Runtime(runtimeLibraryIn(packageFile));
  let isEqual = true;
  for (const folder of Deno.args) {
    isEqual = await runFolder(runtime, folder) && isEqual;
    isEqual = await runGguf(runtime, folder) && isEqual;
  }
  Deno.exitCode = isEqual ? 0 : 1;
}
