// Prepares a model on a disk that is full, and prints the failure. A program of its own, because Deno lets nobody open
// a device who has not every permission: `deno run --allow-all build_on_full_disk.ts <checkpoint> <cache folder>`.

import { Failure } from "../../protocol/errors.ts";
import { readModelConfig } from "../../sidecar/checkpoint/config.ts";
import { openBuiltModel } from "../../sidecar/model/build_cache.ts";
import { EXACT } from "../../sidecar/model/graph_style.ts";

const [checkpoint, cache] = Deno.args as [string, string];
const config = await readModelConfig(checkpoint);
crypto.randomUUID = () => "0-0-0-0-0";
const { weightsFolder } = await openBuiltModel(checkpoint, config, "fp32", cache, EXACT);
await Deno.remove(weightsFolder, { recursive: true });
// The next draft: what is written to its weights goes to a device that is always full.
await Deno.mkdir(`${weightsFolder}.0-0-0-0-0.part`);
await Deno.symlink("/dev/full", `${weightsFolder}.0-0-0-0-0.part/weights.bin`);
try {
  await openBuiltModel(checkpoint, config, "fp32", cache, EXACT);
} catch (error) {
  console.log(error instanceof Failure ? `${error.kind}: ${error.message}` : `not a Failure: ${error}`);
}
