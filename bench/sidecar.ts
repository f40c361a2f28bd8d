// node dist/bench/sidecar.js [rounds]: how long Nano takes from start to answer, and how much memory, in each
// precision of its decoder. The precisions take turns, so that what else the machine does falls on all alike.

import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { findLayout, type Layout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import type { GenerationTimings, Precision } from "../protocol/conversation.ts";
import { residentMegabytes, statusMegabytes } from "./process_memory.ts";

// This file runs as dist/bench/sidecar.js.
const root = join(import.meta.dirname, "..", "..");
const PICTURES = ["terminal-error.png", "dialog.png", "bar-chart.png"];
const PRECISIONS: readonly Precision[] = ["fp32", "int8", "int4"];

/** What one start of the sidecar gave. */
interface Figures {
  readonly readyMs: number;
  /** First token of the first answer: the model is loaded on the way. */
  readonly coldFirstTokenMs: number;
  /** First token with the model and the text reader loaded, for a picture not seen before; text reading included. */
  readonly warmFirstTokenMs: number;
  readonly warmReadTextMs: number;
  readonly warmVisionMs: number;
  readonly warmPrefillMs: number;
  readonly tokensPerSecond: number;
  readonly idleMegabytes: number;
  readonly loadedMegabytes: number;
  readonly peakMegabytes: number;
  readonly unloadedMegabytes: number;
}

const layout = findLayout(root);
const rounds = Number(process.argv[2] ?? 5);
const storageFolder = await mkdtemp(join(tmpdir(), "sightline-bench-"));
const figures = new Map<Precision, Figures[]>(PRECISIONS.map((precision) => [precision, []]));
try {
  // The first start of each builds its graphs, which happens once in an installation's life.
  for (const precision of PRECISIONS) await measure(layout, precision);
  for (let round = 0; round < rounds; round++) {
    for (const precision of PRECISIONS) figures.get(precision)?.push(await measure(layout, precision));
  }
} finally {
  await rm(storageFolder, { recursive: true, force: true });
}
print();

async function measure(layout: Layout, precision: Precision): Promise<Figures> {
  const store = new PictureStore(storageFolder);
  const start = performance.now();
  const sidecar = await SidecarConnection.start(layout, {
    storageFolder,
    models: [{ id: "nano", folder: layout.nanoFolder, precision }],
    threadCount: 0,
    idleUnloadMs: 0,
  });
  const readyMs = performance.now() - start;
  const pid = sidecar.process.pid as number;
  try {
    const idleMegabytes = residentMegabytes(pid);
    const explain = async (file: string) => {
      const picture = await store.addFile(join(root, "samples", file));
      return await sidecar.request("sightline/generate", {
        conversation: [{
          role: "user",
          content: [{ kind: "picture", picture }, { kind: "text", text: "Explain this image." }],
        }],
        thinking: false,
        ocr: "auto",
        temperature: 0,
      });
    };
    const timings: GenerationTimings[] = [];
    for (const file of PICTURES) timings.push((await explain(file)).timings);
    const later = timings.slice(1);
    const loadedMegabytes = residentMegabytes(pid);
    const peakMegabytes = statusMegabytes(pid, "VmHWM");
    await sidecar.request("sightline/unload", {});
    return {
      readyMs,
      coldFirstTokenMs: timings[0]?.firstTokenMs ?? NaN,
      warmFirstTokenMs: mean(later.map((timing) => timing.firstTokenMs)),
      warmReadTextMs: mean(later.map((timing) => timing.readTextMs)),
      warmVisionMs: mean(later.map((timing) => timing.visionMs)),
      warmPrefillMs: mean(later.map((timing) => timing.prefillMs)),
      tokensPerSecond: mean(later.map((timing) => timing.decodeTokensPerSecond)),
      idleMegabytes,
      loadedMegabytes,
      peakMegabytes,
      unloadedMegabytes: residentMegabytes(pid),
    };
  } finally {
    await sidecar.close();
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? sorted[middle] as number
    : mean([sorted[middle - 1] as number, sorted[middle] as number]);
}

function print(): void {
  console.log(
    `${process.platform}-${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${rounds} rounds`,
  );
  console.log(["median (min–max)", ...PRECISIONS].map((text) => text.padEnd(26)).join(""));
  const names = Object.keys(figures.get("fp32")?.[0] ?? {}) as (keyof Figures)[];
  for (const name of names) {
    const cells = PRECISIONS.map((precision) => {
      const values = (figures.get(precision) ?? []).map((one) => one[name]);
      return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}–${
        Math.max(...values).toFixed(0)
      })`;
    });
    console.log([name, ...cells].map((text) => text.padEnd(26)).join(""));
  }
}
