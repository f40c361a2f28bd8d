// npm run rehearse -- [folder] [options]: everything at full size. Makes weights of the release's shapes, random but
// valid, converts them, loads them on the CPU, asks about a large picture and a video, and prints how long each step
// took and how much memory. Needs 13 GB of disk and up to 24 GB of memory, and takes 10 to 60 minutes.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { findLayout, type Layout } from "../../host/layout.ts";
import { PictureStore } from "../../host/picture_store.ts";
import { SidecarConnection } from "../../host/sidecar_connection.ts";
import type { PictureRef, Turn, Video, VideoFrame } from "../../protocol/conversation.ts";
import { statusMegabytes } from "../process_memory.ts";
import { ask, type Asked } from "./ask.ts";
import { convert, requireRoom, writeSources } from "./files.ts";
import { makeVocabulary, readVocabulary } from "./vocabulary.ts";

const USAGE = `usage: npm run rehearse -- [folder] [options]

  The folder gets about 13 GB; the system's temporary folder if none is named. What it holds already of an earlier
  rehearsal is used again.

  --keep               leave the files
  --tokenizer FOLDER   vocab.json, merges.txt and tokenizer_config.json of the release (default: a made-up vocabulary
                       of the same size)
  --tokens N           longest answer (default: 32)
  --fps N              frames of the video in a second; it has 20 seconds (default: 3, as the release samples)
  --packing N          frames that share visual tokens (default: 1, as the release has it for this length)
  --no-video           ask about the picture only
  --threads N          threads for inference (default: the sidecar's choice)`;

const VIDEO_SECONDS = 20;

// This file runs as dist/bench/rehearse/main.js.
const root = join(import.meta.dirname, "..", "..", "..");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: "boolean", default: false },
    tokenizer: { type: "string" },
    tokens: { type: "string", default: "32" },
    fps: { type: "string", default: "3" },
    packing: { type: "string", default: "1" },
    "no-video": { type: "boolean", default: false },
    threads: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
});
if (values.help || positionals.length > 1) console.log(USAGE);
else await rehearse();

async function rehearse(): Promise<void> {
  const [named] = positionals;
  const folder = named === undefined ? await mkdtemp(join(tmpdir(), "sightline-rehearse-")) : resolve(named);
  const layout = findLayout(root);
  try {
    await requireRoom(folder);
    await makeModel(layout, folder);
    await converse(layout, folder);
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** Makes the converted model, where it is missing. */
async function makeModel(layout: Layout, folder: string): Promise<void> {
  const target = join(folder, "model");
  if (existsSync(target)) return print("model", "there already");
  const vocabulary = values.tokenizer === undefined
    ? await makeVocabulary(layout.nanoFolder)
    : await readVocabulary(values.tokenizer);
  const start = performance.now();
  const sources = await writeSources(folder, vocabulary);
  print("writing synthetic GGUF files", `${seconds(performance.now() - start)}`);
  const conversion = await convert(layout, sources, target);
  print("converting", `${conversion.seconds.toFixed(0)} s`);
  print("converting, peak memory", `${conversion.peakMegabytes.toFixed(0)} MB`);
}

/** Asks about a picture, asks again, and asks about a video. */
async function converse(layout: Layout, folder: string): Promise<void> {
  const storageFolder = join(folder, "storage");
  const sidecar = await SidecarConnection.start(layout, {
    storageFolder,
    models: [{ id: "synthetic", folder: join(folder, "model"), precision: "int4" }],
    threadCount: Number(values.threads),
    idleUnloadMs: 0,
  });
  try {
    const store = new PictureStore(storageFolder);
    const turns: Turn[] = [picture(await store.addBytes(await noise(1920, 1080), "screen.jpg"))];
    const first = await askAndPrint(sidecar, "picture 1920×1080", turns);
    turns.push({ role: "assistant", text: first.result.text, thinking: "" });
    turns.push({ role: "user", content: [{ kind: "text", text: "What else is there to see?" }] });
    await askAndPrint(sidecar, "follow-up", turns);
    if (values["no-video"]) return;
    await askAndPrint(sidecar, `video of ${VIDEO_SECONDS} s`, [await video(store)]);
  } finally {
    await sidecar.close();
  }
}

function picture(ref: PictureRef): Turn {
  return {
    role: "user",
    content: [{ kind: "picture", picture: ref }, { kind: "text", text: "Explain this image." }],
  };
}

/** A question about frames of noise. */
async function video(store: PictureStore): Promise<Turn> {
  const fps = Number(values.fps);
  const frames: VideoFrame[] = [];
  for (let i = 0; i < VIDEO_SECONDS * fps; i++) {
    const ref = await store.addBytes(await noise(1280, 720), `frame ${i}.jpg`);
    frames.push({ picture: ref, timeS: (i + 0.5) / fps });
  }
  const made: Video = { name: "recording", frames, packing: Number(values.packing) };
  return {
    role: "user",
    content: [{ kind: "video", video: made }, { kind: "text", text: "What happens in this video?" }],
  };
}

/** A picture of noise, as a JPEG. */
async function noise(width: number, height: number): Promise<Uint8Array> {
  const gaussian = { type: "gaussian", mean: 128, sigma: 40 } as const;
  return await sharp({ create: { width, height, channels: 3, background: "grey", noise: gaussian } }).jpeg()
    .toBuffer();
}

async function askAndPrint(
  sidecar: SidecarConnection,
  name: string,
  turns: readonly Turn[],
): Promise<Asked> {
  const asked = await ask(sidecar, turns, Number(values.tokens));
  const { result, stageMs, sliceCount } = asked;
  const { timings, promptTokenIds, tokenIds, reusedTokenCount } = result;
  const visual = [...result.pictures, ...result.videos].reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  print(
    name,
    `${promptTokenIds.length} tokens, ${visual} of them visual, ${reusedTokenCount} known already; ended by ${result.stopReason}`,
  );
  const loadMs = stageMs.get("loading-model");
  if (loadMs !== undefined) print("  loading the model", seconds(loadMs));
  if (sliceCount > 0) {
    print(
      "  vision",
      `${seconds(timings.visionMs)}, ${
        seconds(timings.visionMs / sliceCount)
      } for each of ${sliceCount} slices`,
    );
  }
  const { prefillMs } = timings;
  print(
    "  prefill",
    `${seconds(prefillMs)}, ${
      ((promptTokenIds.length - reusedTokenCount) / prefillMs * 1000).toFixed(1)
    } tokens/s`,
  );
  print("  first token after", seconds(timings.firstTokenMs));
  print("  decode", `${timings.decodeTokensPerSecond.toFixed(2)} tokens/s over ${tokenIds.length} tokens`);
  const pid = sidecar.process.pid as number;
  const [own, mapped, peak] = (["RssAnon", "RssFile", "VmHWM"] as const).map((key) =>
    statusMegabytes(pid, key).toFixed(0)
  );
  print("  memory", `${own} MB and ${mapped} MB of mapped files; peak ${peak} MB`);
  return asked;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function print(name: string, value: string): void {
  console.log(`${name.padEnd(32)}${value}`);
}
