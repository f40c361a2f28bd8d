// deno run bench/device/main.ts --devices cpu,webgpu [--activations float32] [--attention float32]
// [--vision-products integer] [--shapes release|miniature]
// [--library FILE] [parity folder…]: for each device, parity with recorded results and speed at the release's shapes
// over random weights, in one table. What fails is told in its place and ends nothing else.

import { parseArgs } from "node:util";
import { type Device, DEVICES } from "../../protocol/conversation.ts";
import { Weights } from "../../sidecar/checkpoint/safetensors.ts";
import type { GraphStyle } from "../../sidecar/model/graph_style.ts";
import { placementOn } from "../../sidecar/model/device.ts";
import { loadModel } from "../../sidecar/model/model.ts";
import { Runtime } from "../../sidecar/onnx/runtime.ts";
import { readCases } from "../../sidecar/parity/cases.ts";
import { type CaseReport, compareCase, TOLERANCE } from "../../sidecar/parity/compare.ts";
import { runtimeLibrary } from "../../test/support/runtime_library.ts";
import { MINIATURE, RELEASE } from "./release_shapes.ts";
import { measureSpeed, type Shapes, type Speed, type Work } from "./speed.ts";

/** Allowed difference in float16, as a share of the largest magnitude: its steps are 1e-3, over many layers. */
const HALF_TOLERANCE = 3e-2;

const SIZES: Readonly<Record<string, { shapes: Shapes; work: Work }>> = {
  release: { shapes: RELEASE, work: { side: 32, promptTokens: 1024, steps: 64, rounds: 3 } },
  miniature: { shapes: MINIATURE, work: { side: 4, promptTokens: 24, steps: 4, rounds: 1 } },
};

const { values, positionals: folders } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    devices: { type: "string", default: "cpu" },
    activations: { type: "string" },
    attention: { type: "string" },
    "vision-products": { type: "string" },
    shapes: { type: "string", default: "release" },
    library: { type: "string" },
  },
});
const devices = values.devices.split(",").map((name) => oneOf(name, DEVICES));
const size = SIZES[values.shapes];
if (size === undefined) throw new Error(`--shapes is one of ${Object.keys(SIZES).join(", ")}`);
const chosen: Partial<GraphStyle> = {
  ...values.activations === undefined
    ? {}
    : { activations: oneOf(values.activations, ["float32", "float16"]) },
  ...values.attention === undefined
    ? {}
    : { attention: oneOf(values.attention, ["float32", "activations", "plain"]) },
  ...values["vision-products"] === undefined
    ? {}
    : { visionProducts: oneOf(values["vision-products"], ["float", "integer"]) },
};

using runtime = new Runtime(values.library ?? runtimeLibrary());
console.log(`ONNX Runtime ${runtime.version} with ${runtime.executionProviders.join(", ")}\n`);
const rows = [];
for (const device of devices) rows.push(await measure(device));
printTable(rows);
Deno.exitCode = rows.flat().some((cell) => /^(FAIL|failed)/.test(cell)) ? 1 : 0;

function oneOf<T extends string>(name: string, known: readonly T[]): T {
  const found = known.find((one) => one === name);
  if (found === undefined) throw new Error(`"${name}" is none of ${known.join(", ")}`);
  return found;
}

async function measure(device: Device): Promise<string[]> {
  const parity = await attempt(device, "parity", async () => await runParity(device));
  const speed = await attempt(device, "speed", async () => speedCells(await runSpeed(device)));
  return [device, parity, ...Array.isArray(speed) ? speed : [speed]];
}

async function attempt<T>(device: Device, what: string, work: () => Promise<T>): Promise<T | string> {
  console.log(`${device}: ${what} …`);
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`${device}: ${what} failed: ${reason}`);
    return `failed, see above`;
  }
}

async function runParity(device: Device): Promise<string> {
  if (folders.length === 0) return "not run: no folders";
  const { activations } = { ...placementOn(device).style, ...chosen };
  const tolerance = activations === "float16" ? HALF_TOLERANCE : TOLERANCE;
  let [passed, total, largest] = [0, 0, 0];
  for (const folder of folders) {
    const cacheFolder = await Deno.makeTempDir({ prefix: "sightline-parity-" });
    try {
      const style = { ...chosen, accuracyLevel: 0 } as const;
      const checkpoint = `${folder}/checkpoint`;
      using model = await loadModel(runtime, {
        ...{ id: folder, folder: checkpoint, precision: "fp32", cacheFolder, device, style },
      });
      const expected = await Weights.open(folder);
      for (const parityCase of await readCases(folder)) {
        const report = await compareCase(model, expected, `${folder}/images`, parityCase);
        const share = worst(report);
        const isOk = report.isPromptEqual && report.areIdsEqual && report.areSizesEqual &&
          share <= tolerance;
        const greedy = `greedy ${report.greedyMatches}/${report.greedySteps}`;
        console.log(
          `  ${isOk ? "ok  " : "FAIL"} ${report.name.padEnd(22)} off by ${share.toExponential(1)}  ${greedy}`,
        );
        total++;
        if (isOk) passed++;
        largest = Math.max(largest, share);
      }
    } finally {
      await Deno.remove(cacheFolder, { recursive: true });
    }
  }
  const isWhole = passed === total;
  return `${isWhole ? "ok" : "FAIL"} ${passed}/${total}, off by ${largest.toExponential(1)}`;
}

function worst({ differences }: CaseReport): number {
  return Math.max(...Object.values(differences).map(({ largest, scale }) => largest / scale));
}

async function runSpeed(device: Device): Promise<Speed> {
  const folder = await Deno.makeTempDir({ prefix: "sightline-speed-" });
  try {
    const { shapes, work } = size as (typeof SIZES)[string];
    return await measureSpeed(runtime, device, chosen, shapes, work, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function speedCells(speed: Speed): string[] {
  return [
    speed.loadSeconds.toFixed(1),
    speed.visionMsAlone.toFixed(1),
    `${speed.visionMsTogether.toFixed(1)} (${speed.slicesTogether})`,
    speed.resamplerMs.toFixed(1),
    speed.promptTokensPerSecond.toFixed(0),
    speed.tokensPerSecond.toFixed(1),
  ];
}

function printTable(rows: readonly (readonly string[])[]): void {
  const head = [
    ...["device", "parity", "load s", "vision ms/slice", "together ms/slice", "resampler ms"],
    ...["prompt tokens/s", "decode tokens/s"],
  ];
  console.log(`\nshapes: ${values.shapes}, int4 in blocks of 32, random weights`);
  console.log(`| ${head.join(" | ")} |\n|${head.map(() => " --- |").join("")}`);
  for (const row of rows) console.log(`| ${head.map((_, i) => row[i] ?? "").join(" | ")} |`);
}
