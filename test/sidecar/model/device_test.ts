// Devices and the ways that graphs are written for them. On the CPU all ways give the same; WebGPU is compared with the
// CPU over SwiftShader, where that is installed.

import assert from "node:assert/strict";
import type { Device, Precision } from "../../../protocol/conversation.ts";
import { Failure } from "../../../protocol/errors.ts";
import type { GraphStyle } from "../../../sidecar/model/graph_style.ts";
import { loadModel } from "../../../sidecar/model/model.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { runDenoWith } from "../../support/deno.ts";
import { referenceFolder } from "../../support/places.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";
import { swiftshader } from "../../support/swiftshader.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { writeTinyCheckpoint } from "../../support/tiny_checkpoint.ts";

type Shares = Readonly<Record<"first" | "second" | "resampled" | "prompt" | "step" | "grown", number>>;

/** Distances of a device's results from the CPU's, over a tiny checkpoint or a given one. */
async function compare(
  device: Device,
  precision: Precision,
  style: Partial<GraphStyle>,
  env: Readonly<Record<string, string>> = {},
  checkpoint?: string,
): Promise<Shares> {
  await using folder = await tempFolder();
  const path = checkpoint ?? `${folder.path}/checkpoint`;
  if (checkpoint === undefined) await writeTinyCheckpoint(path);
  const script = "test/support/compare_devices.ts";
  const args = [
    "--allow-all",
    script,
    device,
    path,
    `${folder.path}/cache`,
    precision,
    JSON.stringify(style),
  ];
  const { code, stdout, stderr } = await runDenoWith(env, ...args);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout.slice(stdout.indexOf("{"))) as Shares;
}

function within(shares: Shares, limit: number): void {
  assert.equal(Object.keys(shares).length, 6);
  for (const [name, share] of Object.entries(shares)) assert.ok(share < limit, `${name} is off by ${share}`);
}

Deno.test("attention in plain operators is the same", async () => {
  within(await compare("cpu", "fp32", { attention: "plain", accuracyLevel: 0 }), 1e-5);
});

Deno.test("a vision tower in 8-bit integers is near that in float32, and not the same", async () => {
  const shares = await compare("cpu", "fp32", { visionProducts: "integer", accuracyLevel: 0 });
  within(shares, 6e-2);
  assert.ok(shares.first > 1e-4, "nothing was rounded");
  assert.equal(shares.prompt, 0);
});

Deno.test("an embedding table in blocks gives the same rows through plain operators", async () => {
  within(await compare("cpu", "int8", { blockGather: "plain", accuracyLevel: 0 }), 1e-6);
});

Deno.test("a decoder in float16 is near that in float32, and not the same", async () => {
  for (const precision of ["fp32", "int4"] as const) {
    const shares = await compare("cpu", precision, { activations: "float16", accuracyLevel: 0 });
    within(shares, 2e-2);
    assert.ok(shares.prompt > 1e-5, "nothing was computed in float16");
  }
});

Deno.test("a device that is not there is refused with the reason, and nothing runs on the CPU instead", async () => {
  await using folder = await tempFolder();
  await writeTinyCheckpoint(`${folder.path}/checkpoint`);
  using runtime = new Runtime(runtimeLibrary(), 1);
  const refused = async (device: Device, reason: RegExp) => {
    const location = { id: "x", folder: `${folder.path}/checkpoint`, cacheFolder: `${folder.path}/cache` };
    await assert.rejects(
      loadModel(runtime, { ...location, precision: "fp32", device }),
      (error: unknown) =>
        error instanceof Failure && error.kind === "device-unavailable" && error.subject === device &&
        reason.test(error.message) && /Choose another device, or "cpu"\.$/.test(error.message),
    );
  };
  const absent = {
    linux: ["directml", "coreml"],
    windows: ["coreml"],
    darwin: ["directml", "cuda"],
  } as const;
  const { os } = Deno.build;
  assert.ok(os === "linux" || os === "windows" || os === "darwin");
  for (const device of absent[os]) {
    await refused(device, /ONNX Runtime \S+ has no \w+ on this platform, only /);
  }
  if (os === "linux") await refused("cuda", /CUDA library of the same release.*is missing/);
});

const graphics = swiftshader();
const RUNS: readonly (readonly [folder: string, precision: Precision, style: Partial<GraphStyle>])[] = [
  ["parity/a", "fp32", {}],
  ["parity/b", "int4", { headNorm: "plain" }],
];
if (typeof graphics === "string") console.log(`WebGPU is not compared with the CPU: ${graphics}.`);
for (const [folder, precision, style] of RUNS) {
  Deno.test({
    name: `WebGPU gives what the CPU gives: ${folder}, ${precision}, ${
      style.headNorm ?? "fused"
    } norms of heads`,
    ignore: typeof graphics === "string",
    fn: async () => {
      const checkpoint = referenceFolder(folder);
      const exact = { ...style, activations: "float32", accuracyLevel: 0 } as const; // SwiftShader has no float16.
      const env = graphics as Readonly<Record<string, string>>;
      within(
        await compare(
          "webgpu",
          precision,
          exact,
          env,
          checkpoint === null ? undefined : `${checkpoint}/checkpoint`,
        ),
        1e-4,
      );
    },
  });
}
