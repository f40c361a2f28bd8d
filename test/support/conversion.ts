// What tests of the converter share: converting, and running what came of it.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { Failure } from "../../protocol/errors.ts";
import { convertModel, type ConvertRequest } from "../../sidecar/convert/convert.ts";
import { chooseFormat, type StorageChoice } from "../../sidecar/convert/storage.ts";
import { loadModel, type Model } from "../../sidecar/model/model.ts";
import type { Runtime } from "../../sidecar/onnx/runtime.ts";
import { uniforms } from "./random_blocks.ts";

const IDS = [4078, 17, 900, 42, 4079, 3, 1, 2500];

/** The format for a choice of which the rest is usual. */
export const format = (choice: Partial<StorageChoice> = {}) => () =>
  chooseFormat({ precision: null, blockSize: 32, headBits: 8, ...choice });

/** Logits after a few tokens, and features of a picture's patches. */
export async function run(runtime: Runtime, folder: string, cacheFolder: string) {
  using model: Model = await loadModel(runtime, {
    id: "tiny",
    folder,
    precision: "fp32",
    cacheFolder,
    accuracyLevel: 0,
  });
  const random = uniforms(3);
  const patches = Float32Array.from({ length: 6 * 588 }, () => random() * 2 - 1);
  const grid = { rows: 2, columns: 3, patches };
  const [features = new Float32Array()] = await model.vision.encode([grid]);
  const visual = await model.vision.resample([{ ...grid, time: 4, features }]);
  const positions = visual.length > 0 ? [1, 2, 3, 4] : [];
  const logits = await model.decoder.prefill(IDS, { positions, tokens: visual });
  return { logits, features, visual, record: model.record };
}

/** Largest difference as a share of the largest expected magnitude. */
export function largestShare(actual: Float32Array, expected: Float32Array): number {
  assert.equal(actual.length, expected.length);
  let [error, scale] = [0, 0];
  expected.forEach((value, i) => {
    error = Math.max(error, Math.abs(value - (actual[i] as number)));
    scale = Math.max(scale, Math.abs(value));
  });
  return error / scale;
}

/** Converts, expecting a failure that leaves nothing behind. */
export async function refuses(request: ConvertRequest, message: RegExp): Promise<void> {
  const parent = request.target.slice(0, request.target.lastIndexOf("/"));
  const before = readdirSync(parent);
  await assert.rejects(convertModel(request), (error) => {
    assert.ok(error instanceof Failure, String(error));
    assert.match(error.message, message);
    return true;
  });
  assert.deepEqual(readdirSync(parent), before);
}
