// node dist/bench/first_token.js [rounds]: how long Nano takes to the first token of an answer about a picture, when
// everything is new, when the picture was prepared ahead, in a follow-up, and when an old conversation is opened
// again with and without what was kept on disk. The cases take turns; the networks are loaded in all of them.

import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { findLayout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import type { PictureRef, Turn } from "../protocol/conversation.ts";

// This file runs as dist/bench/first_token.js.
const root = join(import.meta.dirname, "..", "..");
const PICTURES = ["terminal-error.png", "dialog.png", "bar-chart.png"];
const rounds = Number(process.argv[2] ?? 5);

const storageFolder = await mkdtemp(join(tmpdir(), "sightline-bench-"));
const layout = findLayout(root);
const store = new PictureStore(storageFolder);
const pictures = await Promise.all(PICTURES.map((file) => store.addFile(join(root, "samples", file))));
const warmUpPicture = await store.addFile(join(root, "samples", "table.png"));
const start = (diskCacheBytes: number) =>
  SidecarConnection.start(layout, {
    storageFolder,
    diskCacheBytes,
    models: [{ id: "nano", folder: layout.nanoFolder, precision: "fp32" }],
    threadCount: 0,
    idleUnloadMs: 0,
  });
const forgetful = await start(0);
const keeping = await start(1e9);

const figures = new Map<string, number[]>();
try {
  for (let round = -1; round < rounds; round++) {
    for (const picture of pictures) await measureAll(picture, round >= 0);
  }
} finally {
  await Promise.all([forgetful.close(), keeping.close()]);
  await rm(storageFolder, { recursive: true, force: true });
}
print();

async function measureAll(picture: PictureRef, counts: boolean): Promise<void> {
  const asked = [question(picture)];
  const followUp: Turn[] = [...asked, { role: "assistant", text: "It shows an error.", thinking: "" }, {
    role: "user",
    content: [{ kind: "text", text: "What is to be done?" }],
  }];
  const note = (name: string, ms: number) => {
    if (counts) figures.set(name, [...figures.get(name) ?? [], ms]);
  };
  await warmUp(forgetful);
  note("new picture", await firstTokenMs(forgetful, asked));
  note("follow-up", await firstTokenMs(forgetful, followUp));
  await warmUp(forgetful);
  await forgetful.request("sightline/prepare", {
    conversation: [question(picture, "")],
    thinking: false,
    ocr: "auto",
  });
  note("prepared picture", await firstTokenMs(forgetful, asked));
  await warmUp(forgetful);
  note("reopened, nothing on disk", await firstTokenMs(forgetful, followUp));
  await warmUp(keeping);
  await firstTokenMs(keeping, asked);
  await warmUp(keeping);
  note("reopened, kept on disk", await firstTokenMs(keeping, followUp));
}

/** Forgets everything in memory and loads the networks again. */
async function warmUp(sidecar: SidecarConnection): Promise<void> {
  await sidecar.request("sightline/unload", {});
  await sidecar.request("sightline/readText", { picture: warmUpPicture });
  await firstTokenMs(sidecar, [{ role: "user", content: [{ kind: "text", text: "Hello" }] }]);
}

async function firstTokenMs(sidecar: SidecarConnection, conversation: readonly Turn[]): Promise<number> {
  const { timings } = await sidecar.request("sightline/generate", {
    conversation,
    thinking: false,
    ocr: "auto",
    temperature: 0,
    maxTokens: 2,
  });
  return timings.firstTokenMs;
}

function question(picture: PictureRef, text = "Explain this image."): Turn {
  return { role: "user", content: [{ kind: "picture", picture }, { kind: "text", text }] };
}

function print(): void {
  console.log(
    `${process.platform}-${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${rounds} rounds`,
  );
  for (const [name, values] of figures) {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share: number) => (sorted[Math.round(share * (sorted.length - 1))] as number).toFixed(0);
    console.log(`${name.padEnd(28)}${at(0.5)} ms (${at(0)}–${at(1)})`);
  }
}
