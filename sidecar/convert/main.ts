// The process that converts a model, or checks a converted one. Started by cli/convert.ts with the permissions it needs.

import { parseArgs } from "node:util";
import { Failure } from "../../protocol/errors.ts";
import type { Manifest } from "../model/manifest.ts";
import { verifyManifest } from "./checksums.ts";
import { convertModel } from "./convert.ts";
import { ProgressBar } from "./progress_bar.ts";
import { chooseFormat, type StorageChoice } from "./storage.ts";

/** Exit codes as shells know them. */
const EXIT = { failed: 1, interrupted: 130 } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verify: { type: "boolean", default: false },
    precision: { type: "string" },
    block: { type: "string", default: "32" },
    "head-bits": { type: "string", default: "8" },
  },
});

/** What the command line, which has been checked already, chooses for a kind of source. */
function choice(kind: "safetensors" | "gguf"): StorageChoice {
  const precision = values.precision as StorageChoice["precision"] | undefined;
  return {
    precision: precision ?? (kind === "gguf" ? null : "int4"),
    blockSize: Number(values.block) as StorageChoice["blockSize"],
    headBits: Number(values["head-bits"]) as StorageChoice["headBits"],
  };
}

async function run(signal: AbortSignal): Promise<void> {
  if (values.verify) {
    const [folder = "."] = positionals;
    await verifyManifest(folder, signal);
    console.log(`Every file in "${folder}" is as it was written.`);
    return;
  }
  const target = positionals.at(-1) as string;
  const bar = new ProgressBar();
  const start = performance.now();
  try {
    const manifest = await convertModel({
      sources: positionals.slice(0, -1),
      target,
      format: (kind) => chooseFormat(choice(kind)),
      signal,
      onProgress: (progress) => bar.show(progress),
    });
    bar.clear();
    report(target, manifest, performance.now() - start);
  } finally {
    bar.clear();
  }
}

function report(target: string, { files, storage, losses, precision }: Manifest, elapsedMs: number): void {
  const bytes = Object.values(files).reduce((sum, { byteLength }) => sum + byteLength, 0);
  console.log(
    `${target}: ${(bytes / 1e6).toFixed(1)} MB in ${(elapsedMs / 1e3).toFixed(1)} s (${precision})`,
  );
  console.log(`  decoder: ${storage}`);
  if (losses.length === 0) {
    console.log("  no weight was changed");
    return;
  }
  const worst = losses.reduce((a, b) => b.relativeRms > a.relativeRms ? b : a);
  const mean = losses.reduce((sum, { relativeRms }) => sum + relativeRms, 0) / losses.length;
  console.log(
    `  quantising changed ${losses.length} matrices by ${percent(mean)} on average, by ${
      percent(worst.relativeRms)
    } at ` +
      `most (${worst.name}); root mean square, of the values'. Each one's is in manifest.json`,
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

const controller = new AbortController();
Deno.addSignalListener("SIGINT", () => controller.abort());
try {
  await run(controller.signal);
} catch (error) {
  if (controller.signal.aborted) {
    console.error("Stopped. Nothing was left behind.");
    Deno.exitCode = EXIT.interrupted;
  } else if (error instanceof Failure) {
    console.error(error.message);
    Deno.exitCode = EXIT.failed;
  } else throw error;
}
Deno.exit();
