// node dist/bench/ocr.js <folder> [rounds]: our text reader beside @gutenye/ocr-node on the sample pictures, in turns, so
// that what else the machine does falls on both alike. The folder is one where that package is installed, with
// `npm i --ignore-scripts @gutenye/ocr-node@1.4.8`; it is no part of this project. Build with
// `node esbuild.config.mjs bench sidecar`.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findLayout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import { similarity, wordRecall } from "../test/support/text_score.ts";

// This file runs as dist/bench/ocr.js.
const root = join(import.meta.dirname, "..", "..");
const samples = join(root, "samples");

/** What one reading of a picture took and gave. */
interface Run {
  readonly seconds: number;
  readonly text: string;
}

interface Contestant {
  readonly name: string;
  /** @param round made part of the picture's identity, since we remember what we have read */
  read(file: string, round: number): Promise<Run>;
  close(): Promise<void>;
}

async function openOurs(): Promise<Contestant> {
  const storageFolder = await mkdtemp(join(tmpdir(), "sightline-bench-"));
  const layout = findLayout(root);
  const store = new PictureStore(storageFolder);
  const sidecar = await SidecarConnection.start(layout, {
    storageFolder,
    models: [{ id: "nano", folder: layout.nanoFolder, precision: "fp32" }],
    threadCount: 0,
    idleUnloadMs: 0,
  });
  return {
    name: "sightline",
    async read(file, round) {
      // What follows a PNG's end changes its hash and nothing else.
      const bytes = Buffer.concat([await readFile(join(samples, file)), Buffer.from([round])]);
      const picture = await store.addBytes(bytes, file);
      return timed(async () => (await sidecar.request("sightline/readText", { picture })).text);
    },
    async close() {
      await sidecar.close();
      await rm(storageFolder, { recursive: true });
    },
  };
}

/** The part of the peer's interface that is used here. */
interface PeerModule {
  readonly default: {
    create(): Promise<{ detect(path: string): Promise<readonly { readonly text: string }[]> }>;
  };
}

async function openPeer(folder: string): Promise<Contestant> {
  const script = join(resolve(folder), "node_modules", "@gutenye", "ocr-node", "build", "index.js");
  const peer = await ((await import(pathToFileURL(script).href)) as PeerModule).default.create();
  return {
    name: "ocr-node",
    read: (file) =>
      timed(async () => (await peer.detect(join(samples, file))).map(({ text }) => text).join("\n")),
    close: () => Promise.resolve(),
  };
}

async function timed(read: () => Promise<string>): Promise<Run> {
  const start = performance.now();
  const text = await read();
  return { seconds: (performance.now() - start) / 1000, text };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Seconds, similarity and word recall of one contestant on one picture. */
function figuresOf(runs: readonly Run[], truth: string): number[] {
  const text = runs[0]?.text ?? "";
  return [median(runs.map(({ seconds }) => seconds)), similarity(text, truth), wordRecall(text, truth)];
}

function print(name: string, figures: readonly (readonly number[])[]): void {
  const cells = figures.flat().map((value) => value.toFixed(3).padStart(9));
  console.log(name.padEnd(26) + cells.join(""));
}

async function compare(folder: string, rounds: number): Promise<void> {
  const truth = JSON.parse(await readFile(join(samples, "truth.json"), "utf8")) as Record<
    string,
    { readonly lines: readonly string[] }
  >;
  const contestants = [await openOurs(), await openPeer(folder)];
  console.log(`${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(
    `seconds (median of ${rounds}), similarity and word recall: ${
      contestants.map(({ name }) => name).join(", ")
    }`,
  );
  const all: number[][][] = [];
  // The first reading loads networks.
  for (const contestant of contestants) await contestant.read("dialog.png", rounds);
  for (const [file, { lines }] of Object.entries(truth)) {
    const runs = contestants.map((): Run[] => []);
    for (let round = 0; round < rounds; round++) {
      const order = [...contestants.keys()];
      for (const i of round % 2 === 0 ? order : order.toReversed()) {
        runs[i]?.push(await (contestants[i] as Contestant).read(file, round));
      }
    }
    const figures = runs.map((ofOne) => figuresOf(ofOne, lines.join(" ")));
    print(file, figures);
    all.push(figures);
  }
  const columns = contestants.map((_, i) => all.map((figures) => figures[i] ?? []));
  const totals = (total: (values: readonly number[]) => number) =>
    columns.map((rows) => [0, 1, 2].map((k) => total(rows.map((row) => row[k] ?? NaN))));
  print("mean", totals(mean));
  print("median", totals(median));
  console.log(`load ${loadavg()[0]?.toFixed(1)}`);
  for (const contestant of contestants) await contestant.close();
}

const [folder, rounds = "3"] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node dist/bench/ocr.js <folder where @gutenye/ocr-node is installed> [rounds]");
  process.exitCode = 2;
} else {
  await compare(folder, Number(rounds));
}
