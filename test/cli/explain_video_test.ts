// `explain` with videos, as it was built, in a process of its own.

import assert from "node:assert/strict";
import { plainPng } from "../support/bad_pictures.ts";
import { Command, runCommand } from "../support/command.ts";
import { childrenOf, until, untilGone } from "../support/processes.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { makeVideo, steady } from "../support/videos.ts";

const folder = await tempFolder();
const environment = { SIGHTLINE_STORAGE: `${folder.path}/storage` };
Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

async function put(name: string, bytes: Uint8Array): Promise<string> {
  await Deno.writeFile(`${folder.path}/${name}`, bytes);
  return `${folder.path}/${name}`;
}

/** Four seconds in which a dark box appears after two. */
const RECORDING = await put(
  "screen.mp4",
  await makeVideo({
    ...{ codec: "avc", container: "mp4", width: 160, height: 96, timesS: steady(40, 10), keyInterval: 20 },
    paint: (frame, x, y) =>
      frame >= 20 && x > 40 && x < 120 && y > 30 && y < 70 ? [30, 30, 30] : [240, 240, 240],
  }),
);
const PICTURE = await put("dot.png", await plainPng(40, 30));

const explain = (...args: string[]) =>
  runCommand("explain", [...args, "--ocr", "off", "--max-tokens", "4"], environment);

const storedFrames = () => Array.from(Deno.readDirSync(`${folder.path}/storage/pictures`));

interface Json {
  readonly images: readonly { readonly file: string }[];
  readonly videos: readonly {
    readonly file: string;
    readonly times: readonly number[];
    readonly dropped: readonly number[];
    readonly packing: number;
    readonly groups: number;
  }[];
}

async function json(...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await explain(...args, "--json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Json;
}

Deno.test("explain answers about a recording, says what it looked at, and keeps no frames", async () => {
  const { code, stdout, stderr } = await explain(RECORDING);
  assert.equal(code, 0, stderr);
  assert.notEqual(stdout.trim(), "");
  assert.match(
    stderr,
    /^✓ screen\.mp4: mp4 \(avc\) · [34]\.\d s · 160×96 · 2 frames · \d+ like the one before left out · 2 groups · 64 tokens\n/,
  );
  assert.deepEqual(storedFrames(), []);
});

Deno.test("explain follows --fps, --packing, --from, --to and --still-frames", async () => {
  const { videos: [video] } = await json(
    ...[RECORDING, "--fps", "5", "--packing", "4", "--from", "1", "--to", "3", "--still-frames", "keep"],
  );
  assert.ok(video !== undefined);
  assert.deepEqual([video.times.length, video.packing, video.groups, video.dropped], [10, 4, 3, []]);
  assert.ok(video.times.every((timeS) => timeS >= 1 && timeS < 3));
});

Deno.test("explain takes pictures and videos together, each named by its file", async () => {
  const { images, videos } = await json(PICTURE, RECORDING, PICTURE);
  assert.deepEqual(images.map(({ file }) => file), [PICTURE, PICTURE]);
  assert.deepEqual(videos.map(({ file }) => file), [RECORDING]);
});

const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["--fps", "0"], /^--fps takes a number from 0\.001 to 30, not "0"\./],
  [["--packing", "7"], /^--packing takes a whole number from 1 to 6, not "7"\./],
  [["--from", "3", "--to", "2"], /^--from must be less than --to, and 3 is not less than 2\./],
  [["--still-frames", "no"], /^--still-frames takes auto or drop or keep, not "no"\./],
];

for (const [args, says] of WRONG) {
  Deno.test(`explain ${args.join(" ")} shows its usage`, async () => {
    const { code, stderr } = await explain(RECORDING, ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
  });
}

Deno.test("explain says in a sentence what is wrong with a video", async () => {
  const path = await put("cut.mp4", (await Deno.readFile(RECORDING)).subarray(0, 60));
  const { code, stdout, stderr } = await explain(RECORDING, path);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot use video "cut\.mp4": the file is damaged or cut short \(.+\)\.\n$/);
  assert.deepEqual(storedFrames(), []);
});

/** Starts a long look at a video and waits until it has begun. */
async function reading(): Promise<{ command: Command; children: number[] }> {
  const film = await put(
    "film.mp4",
    await makeVideo({
      ...{ codec: "avc", container: "mp4", width: 640, height: 360, timesS: steady(100, 20) },
      paint: (frame, x, y) => [(frame * 37 + x * y) % 256, (frame * 11 + x) % 256, (y * 3) % 256],
    }),
  );
  const command = new Command("explain", [film, "--fps", "30"], environment);
  await until(async () => (await childrenOf(command.pid)).length === 2, "no video reader was started");
  return { command, children: await childrenOf(command.pid) };
}

Deno.test("Ctrl-C stops explain in the middle of a video, and leaves nothing behind", async () => {
  const { command, children } = await reading();
  Deno.kill(command.pid, "SIGINT");
  const { code, stderr } = await command.ended;
  assert.equal(code, 130);
  assert.match(stderr, /\nStopped\.\n$/);
  for (const child of children) await untilGone(child);
  assert.deepEqual(storedFrames(), []);
});

Deno.test("a killed explain leaves no video reader behind", async () => {
  const { command, children } = await reading();
  Deno.kill(command.pid, "SIGKILL");
  await command.ended;
  for (const child of children) await untilGone(child);
});
