// node dist/bench/video.js: time and peak memory of reading recordings of a screen, 20 seconds and 10 minutes long.
// node dist/bench/video.js damage N: reads a film N times, each time damaged elsewhere, and counts how that ends.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findLayout } from "../host/layout.ts";
import { PictureStore } from "../host/picture_store.ts";
import { readVideo } from "../host/video_reader.ts";
import { Failure } from "../protocol/errors.ts";
import { makeVideo, steady } from "../test/support/videos.ts";

const CODECS = ["avc", "hevc", "vp8", "vp9", "av1"] as const;
const WIDTH = 1920;
const HEIGHT = 1080;
const FRAMES_PER_SECOND = 30;
/** A line of "text" appears this often. */
const LINE_S = 1.5;
const LINE_HEIGHT = 24;

const [mode, count = "100"] = process.argv.slice(2);
const layout = findLayout(fileURLToPath(new URL("../..", import.meta.url)));
const folder = await mkdtemp(join(tmpdir(), "sightline bench "));
const store = new PictureStore(folder);
const place = { layout, storageFolder: folder, store };
try {
  await (mode === "damage" ? countOutcomes(Number(count)) : measureRecordings());
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureRecordings(): Promise<void> {
  for (const seconds of [20, 600]) {
    const path = join(folder, `${seconds}.mp4`);
    await writeFile(path, await recording(seconds));
    for (const stillFrames of ["auto", "keep"] as const) {
      const start = performance.now();
      let pid = 0;
      let peakBytes = 0;
      const { frames, origin } = await readVideo(place, path, { sampling: { stillFrames }, maxGroups: 180 }, {
        onStart: (id) => pid = id,
        onProgress: () => peakBytes = Math.max(peakBytes, peakMemory(pid)),
      });
      const bytes = frames.reduce((sum, { picture }) => sum + picture.byteLength, 0);
      console.log(
        `${seconds} s, still frames ${stillFrames}: ${((performance.now() - start) / 1000).toFixed(1)} s, ` +
          `peak ${(peakBytes / 1e6).toFixed(0)} MB, ${frames.length} frames of ${
            (bytes / 1e6).toFixed(1)
          } MB, ` +
          `${origin?.droppedTimesS.length ?? 0} dropped`,
      );
      await store.removeAll();
    }
  }
}

/** Most memory that a process has held, in bytes; on Linux. */
function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** A page on which line after line of marks appears, then begins again. */
function recording(seconds: number): Promise<Uint8Array> {
  const planes = new Uint8Array(WIDTH * HEIGHT * 3 / 2).fill(128);
  planes.fill(230, 0, WIDTH * HEIGHT);
  let drawn = 0;
  const lineCount = Math.floor(HEIGHT / LINE_HEIGHT) - 2;
  return makeVideo({
    ...{ codec: "avc", container: "mp4", width: WIDTH, height: HEIGHT, keyInterval: 10 * FRAMES_PER_SECOND },
    timesS: steady(seconds * FRAMES_PER_SECOND, FRAMES_PER_SECOND),
    planes: (frame) => {
      for (; drawn < Math.floor(frame / FRAMES_PER_SECOND / LINE_S); drawn++) {
        if (drawn % lineCount === 0) planes.fill(230, 0, WIDTH * HEIGHT);
        drawLine(planes, (drawn % lineCount + 1) * LINE_HEIGHT, drawn);
      }
      return planes;
    },
  });
}

/** Marks of the size of characters. */
function drawLine(luma: Uint8Array, top: number, line: number): void {
  const length = 400 + (line * 977) % 1200;
  for (let y = top + 4; y < top + LINE_HEIGHT - 4; y++) {
    for (let x = 100; x < 100 + length; x++) {
      const isInk = (x % 12) > 2 && ((Math.floor(x / 12) * 7 + (x % 12) * 3 + y * 5 + line) % 5) < 2;
      if (isInk) luma[y * WIDTH + x] = 40;
    }
  }
}

async function countOutcomes(rounds: number): Promise<void> {
  const outcomes = new Map<string, number>();
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (const codec of CODECS) {
    const film = await makeVideo({
      ...{ codec, container: codec.startsWith("vp") ? "webm" : "mp4", width: 160, height: 120 },
      ...{ timesS: steady(60, 20), keyInterval: 20 },
      paint: (frame, x, y) => [(frame * 37 + x * y) % 256, (frame * 11 + x) % 256, (y * 3) % 256],
    });
    for (let round = 0; round < rounds / CODECS.length; round++) {
      const bytes = film.slice();
      const from = Math.floor(random() * bytes.length);
      if (round % 4 === 2) bytes.fill(0xff, from, from + bytes.length / 10);
      else {for (let flips = 1 + random() * 300; flips > 0; flips--) {
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        }}
      const path = join(folder, "damaged");
      await writeFile(path, round % 4 === 3 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes);
      const outcome = `${codec}: ${await outcomeOf(path)}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await store.removeAll();
    }
  }
  for (const [outcome, times] of [...outcomes].sort()) {
    console.log(`${times.toString().padStart(5)} ${outcome}`);
  }
}

async function outcomeOf(path: string): Promise<string> {
  try {
    const options = { sampling: { framesPerSecond: 30, stillFrames: "keep" as const }, maxGroups: 180 };
    const { origin } = await readVideo(place, path, options);
    return origin?.notes.length === 0 ? "read whole" : "read in part";
  } catch (error) {
    if (!(error instanceof Failure)) return `NOT A FAILURE: ${String(error)}`;
    const crash = /stopped in the middle of it \(([^)]*)\)/.exec(error.message);
    return crash === null
      ? `refused (${error.kind}${error.kind === "internal" ? `: ${error.message.slice(0, 300)}` : ""})`
      : `the reader died (${crash[1]}), told as ${error.kind}`;
  }
}
