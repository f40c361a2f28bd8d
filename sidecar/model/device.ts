// The devices that a model can run on: the execution provider of each with its options, and how graphs are written
// for it. See "what was run where" in the README for those that we could not try.

import { Failure } from "../../protocol/errors.ts";
import type { Device } from "../../protocol/conversation.ts";
import { type ExecutionProvider, ProviderError } from "../onnx/execution_provider.ts";
import { OrtError } from "../onnx/ort_error.ts";
import { EXACT, type GraphStyle } from "./graph_style.ts";
import { CPU_BATCH_PATCHES } from "./vision_encoder.ts";

/** How a model is put on a device. */
export interface Placement {
  readonly device: Device;
  /** Null for the CPU. */
  readonly vision: ExecutionProvider | null;
  readonly decoder: ExecutionProvider | null;
  readonly style: GraphStyle;
  /** Most patches of slices that run together in the vision tower. */
  readonly batchPatches: number;
}

/** Four slices of the usual size: enough to fill a device, and each run still takes well below a second. */
const DEVICE_BATCH_PATCHES = 4400;

const WEBGPU: ExecutionProvider = {
  name: "WebGpuExecutionProvider",
  // Our graphs are checked when they are built; the device need not look at each command again.
  options: { powerPreference: "high-performance", validationMode: "disabled" },
  memory: "WebGPU_Buf",
};
const CUDA: ExecutionProvider = {
  name: "CUDAExecutionProvider",
  // TF32 would round float32 to 10 bits. The arena grows by what is asked for: models fill most of a device.
  options: { use_tf32: "0", arena_extend_strategy: "kSameAsRequested" },
  memory: "Cuda",
};
const DIRECTML: ExecutionProvider = {
  name: "DmlExecutionProvider",
  options: { device_filter: "gpu", performance_preference: "high_performance" },
  memory: "DML",
};
const COREML: ExecutionProvider = {
  name: "CoreMLExecutionProvider",
  options: { ModelFormat: "MLProgram", MLComputeUnits: "ALL", RequireStaticInputShapes: "0" },
};

const HALF: GraphStyle = { ...EXACT, accuracyLevel: 4, activations: "float16", tables: "converted" };

/** Where the parts of a model run, and how its graphs are written for that. */
export function placementOn(device: Device): Placement {
  const whole = (provider: ExecutionProvider, style: Partial<GraphStyle>): Placement => ({
    ...{ device, vision: provider, decoder: provider, batchPatches: DEVICE_BATCH_PATCHES },
    style: { ...HALF, ...style },
  });
  switch (device) {
    case "cpu":
      return {
        ...{ device, vision: null, decoder: null, batchPatches: CPU_BATCH_PATCHES },
        style: { ...EXACT, accuracyLevel: 4 },
      };
    case "webgpu":
      // Its attention for prompts is exact, the one for pictures is not: off by a tenth for heads of 72.
      return whole(WEBGPU, { headNorm: "fused", attention: "plain" });
    case "cuda":
      return whole(CUDA, { headNorm: "fused", attention: "activations" });
    case "directml":
      return whole(DIRECTML, { blockGather: "plain" });
    case "coreml":
      // CoreML has no operators for matrices in blocks or a cache in place: the decoder runs on the CPU.
      return {
        ...{ device, vision: COREML, decoder: null, batchPatches: DEVICE_BATCH_PATCHES },
        style: { ...EXACT, accuracyLevel: 4, attention: "plain" },
      };
  }
}

/** Session settings for a part of a model: on a device, ONNX Runtime must not move operators to the CPU in silence. */
export function sessionOptionsFor(provider: ExecutionProvider | null) {
  return provider === null
    // Some older CPUs overflow when they multiply signed by unsigned bytes; ONNX Runtime can avoid that.
    ? { config: { "session.x64quantprecision": "1" } }
    : { executionProviders: [provider], config: { "session.disable_cpu_ep_fallback": "1" } };
}

/** What to tell people when a model cannot be put on a device; null when the device is not the reason. */
export function deviceFailure(device: Device, cause: unknown): Failure | null {
  const name = DEVICE_NAMES[device];
  const fail = (reason: string) =>
    new Failure(
      "device-unavailable",
      `The model cannot run on ${name}: ${reason}. Choose another device, or "cpu".`,
      { subject: device, cause },
    );
  if (cause instanceof ProviderError) {
    if (cause.reason === "absent") return fail(cause.message);
    const hint = device === "cuda"
      ? "ONNX Runtime's CUDA library of the same release, or a library that it needs, is missing beside the one in use"
      : "there is no fitting graphics device or driver";
    return fail(`${hint} (${cause.message})`);
  }
  if (device === "cpu" || !(cause instanceof OrtError)) return null;
  return /fallback to CPU EP has been explicitly disabled/.test(cause.message)
    ? fail("it has no operators for part of the model")
    : null;
}

const DEVICE_NAMES: Readonly<Record<Device, string>> = {
  cpu: "the CPU",
  cuda: "CUDA",
  webgpu: "WebGPU",
  directml: "DirectML",
  coreml: "CoreML",
};
