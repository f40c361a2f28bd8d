// node dist/bench/stop.js [rounds]: how long a stop takes, from the cancellation to the sidecar's reply that nothing
// runs any more, in each stage of an answer.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLayout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import type { Stage } from "../protocol/sidecar.ts";

// This file runs as dist/bench/stop.js.
const root = join(import.meta.dirname, "..", "..");
const STAGES: readonly Stage[] = ["reading-text", "encoding-picture", "prefill", "generating"];
const rounds = Number(process.argv[2] ?? 20);

const layout = findLayout(root);
const storageFolder = await mkdtemp(join(tmpdir(), "sightline-bench-"));
const picture = await new PictureStore(storageFolder).addFile(join(root, "samples", "code.png"));
const sidecar = await SidecarConnection.start(layout, {
  storageFolder,
  models: [{ id: "nano", folder: layout.nanoFolder, precision: "fp32" }],
  threadCount: 0,
  idleUnloadMs: 0,
});
try {
  for (const stage of STAGES) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      // Forgets what is known of the picture, so that every stage has work to do.
      await sidecar.request("sightline/unload", {});
      times.push(await stopIn(stage));
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(share * (times.length - 1))] as number).toFixed(1);
    console.log(`${stage.padEnd(18)} median ${at(0.5)} ms, longest ${at(1)} ms of ${rounds}`);
  }
} finally {
  await sidecar.close();
  await rm(storageFolder, { recursive: true, force: true });
}

/** Stops an answer a moment after it has come to a stage, and gives the milliseconds until the sidecar says so. */
async function stopIn(stage: Stage): Promise<number> {
  const controller = new AbortController();
  let stoppedAt = NaN;
  const request = sidecar.request("sightline/generate", {
    conversation: [{
      role: "user",
      content: [{ kind: "picture", picture }, { kind: "text", text: "Explain this image." }],
    }],
    thinking: true,
    ocr: "auto",
    temperature: 0,
  }, {
    signal: controller.signal,
    onProgress: (progress) => {
      if (controller.signal.aborted || progress.kind !== "stage" || progress.stage !== stage) return;
      stoppedAt = performance.now();
      controller.abort();
    },
  });
  try {
    await request;
  } catch (error) {
    if (controller.signal.aborted) return performance.now() - stoppedAt;
    throw error;
  }
  throw new Error(`the answer was finished before it could be stopped in "${stage}"`);
}
