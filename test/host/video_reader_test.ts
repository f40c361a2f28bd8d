// Video files as hosts read them: by way of a process of its own for each.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { sidecarEnvironment } from "../../host/permissions.ts";
import { videoReaderArguments } from "../../host/video_reader_arguments.ts";
import type { FailureKind } from "../../protocol/errors.ts";
import type { ReadProgress, VideoSampling } from "../../protocol/video_reader.ts";
import { loadCodecLibrary } from "../../sidecar/video/codec_library.ts";
import { openContainer } from "../../sidecar/video/container.ts";
import { animatedGif } from "../support/bad_pictures.ts";
import { ROOT } from "../support/places.ts";
import { all, probe } from "../support/probe.ts";
import { untilGone } from "../support/processes.ts";
import { refusesA } from "../support/refuses.ts";
import { LAYOUT } from "../support/sidecar.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { VideoPlace } from "../support/video_place.ts";
import { makeSound, makeVideo, steady } from "../support/videos.ts";

/** A recording of four seconds in which a dark box appears after two. */
const RECORDING = await makeVideo({
  ...{ codec: "avc", container: "mp4", width: 160, height: 96, timesS: steady(40, 10), keyInterval: 20 },
  paint: (frame, x, y) =>
    frame >= 20 && x > 40 && x < 120 && y > 30 && y < 70 ? [30, 30, 30] : [240, 240, 240],
});

/** A film without two frames alike. */
const film = (width: number, height: number) =>
  makeVideo({
    ...{ codec: "avc", container: "mp4", width, height, timesS: steady(100, 20), keyInterval: 20 },
    paint: (frame, x, y) => [(frame * 37 + x * y) % 256, (frame * 11 + x) % 256, (y * 3) % 256],
  });
const FILM = await film(160, 120);
/** Takes a while to read. */
const LARGE_FILM = await film(640, 360);

const everyFrame: VideoSampling = { framesPerSecond: 30, stillFrames: "keep" };

const refuses = refusesA("video");

Deno.test("a recording becomes its distinct frames, and what was dropped is told", async () => {
  await using place = await VideoPlace.open();
  const progress: ReadProgress[] = [];
  const video = await place.read(await place.put("screen.mp4", RECORDING), {}, {
    onProgress: (piece) => progress.push(piece),
  });
  const [first, second, ...others] = video.frames;
  assert.ok(first !== undefined && second !== undefined && others.length === 0);
  assert.ok(first.timeS < 0.5 && Math.abs(second.timeS - 2) < 0.25, `${first.timeS} ${second.timeS}`);
  assert.equal(first.picture.name, `screen.mp4 ${first.timeS.toFixed(1)}s`);
  const { format, codec, durationS, frameCount, droppedTimesS, notes } = video.origin ?? assert.fail();
  assert.deepEqual([format, codec, frameCount, notes, video.packing], ["mp4", "avc", 40, [], 1]);
  assert.ok(Math.abs(durationS - 4) < 0.2);
  assert.ok(droppedTimesS.length >= 10, `${droppedTimesS.length} dropped`);
  assert.deepEqual(progress.filter(({ stage }) => stage === "taking").map(({ done }) => done), [1, 2]);
  assert.ok(progress.filter(({ stage }) => stage === "looking").length > 2);
  const [light, dark] = await place.pixelsOf(video);
  const middle = (50 * 160 + 80) * 3;
  assert.ok((light?.data[middle] ?? 0) > 200 && (dark?.data[middle] ?? 255) < 60);
});

Deno.test("frames are taken without loss", async () => {
  await using place = await VideoPlace.open();
  const path = await place.put("film.mp4", FILM);
  const video = await place.read(path, { framesPerSecond: 2, stillFrames: "keep" });
  const taken = await place.pixelsOf(video);
  await using source = await openContainer(path, "film.mp4", await loadCodecLibrary());
  let count = 0;
  for await (const { index, pixels } of source.frames(video.frames.map(({ timeS }) => timeS))) {
    assert.deepEqual(taken[index], { ...pixels, data: taken[index]?.data });
    assert.ok(Buffer.from(taken[index]?.data ?? []).equals(pixels.data), `frame ${index}`);
    count++;
  }
  assert.equal(count, video.frames.length);
  assert.ok(count >= 8, `${count} frames`);
});

Deno.test("fps, packing and range are followed", async () => {
  await using place = await VideoPlace.open();
  const path = await place.put("film.mp4", FILM);
  const { frames, packing } = await place.read(path, { framesPerSecond: 5, packing: 4, fromS: 1, toS: 3 });
  assert.deepEqual([frames.length, packing], [10, 4]);
  assert.ok(frames.every(({ timeS }) => timeS >= 1 && timeS < 3));
  const few = await place.read(path, everyFrame, {}, 10);
  assert.deepEqual([few.frames.length, few.packing], [30, 3]);
  assert.deepEqual(few.origin?.notes, [{ kind: "limited-groups", groupCount: 10 }]);
  await refuses(
    place.read(path, { fromS: 60 }),
    "video-range-empty",
    "film.mp4",
    /The video lasts [45]\.\d s\.$/,
  );
});

Deno.test("an animated GIF goes the same way", async () => {
  await using place = await VideoPlace.open();
  const video = await place.read(await place.put("a.gif", await animatedGif()), everyFrame);
  assert.deepEqual([video.origin?.format, video.origin?.codec], ["gif", null]);
  assert.ok(video.frames.length > 1);
});

Deno.test("a video of one frame, of odd size, gives that frame", async () => {
  await using place = await VideoPlace.open();
  const bytes = await makeVideo({ codec: "vp8", container: "webm", width: 77, height: 51, timesS: [0] });
  const video = await place.read(await place.put("one.webm", bytes));
  assert.deepEqual(video.frames.map(({ timeS }) => timeS), [0]);
  const [pixels] = await place.pixelsOf(video);
  assert.deepEqual([pixels?.width, pixels?.height], [77, 51]);
});

Deno.test("a file cut short gives the frames before the cut, and says how many are lost", async () => {
  await using place = await VideoPlace.open();
  const path = await place.put("cut.mp4", FILM.subarray(0, Math.floor(FILM.length * 0.6)));
  const { frames, origin } = await place.read(path, { framesPerSecond: 10, stillFrames: "keep" });
  assert.ok(frames.length > 15 && frames.length < 45, `${frames.length} frames`);
  const [note] = origin?.notes ?? [];
  assert.ok(note?.kind === "damaged-frames" && note.count + frames.length === 50, JSON.stringify(note));
});

Deno.test("damaged packets end in what could be seen or in a failure, never in anything else", async () => {
  await using place = await VideoPlace.open();
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 6; round++) {
    const bytes = FILM.slice();
    // Not the description in front, which is checked before anything is decoded.
    const from = Math.floor(bytes.length * (0.2 + 0.6 * random()));
    for (let at = from; at < from + bytes.length * 0.1; at++) bytes[at] = Math.floor(random() * 256);
    const path = await place.put(`${round}.mp4`, bytes);
    const outcome = await place.read(path, everyFrame).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      await refuses(Promise.reject(outcome), "video-damaged", `${round}.mp4`, /damaged/);
    } else {
      assert.ok((outcome as { frames: unknown[] }).frames.length > 0);
    }
  }
});

Deno.test("a stream whose description is damaged inside is refused", async () => {
  await using place = await VideoPlace.open();
  const bytes = await makeVideo({ codec: "hevc", container: "mp4", timesS: steady(10, 10) });
  const record = Buffer.from(bytes).indexOf("hvcC") + 4;
  // Behind the record's own 23 bytes stand the parameters that only the decoder reads.
  bytes.fill(0xff, record + 30, record + 90);
  const path = await place.put("film.mp4", bytes);
  await refuses(place.read(path), "video-damaged", "film.mp4", /damaged or cut short/);
});

const text = (value: string) => new TextEncoder().encode(value);
const BAD_FILES:
  readonly (readonly [name: string, bytes: () => Uint8Array | Promise<Uint8Array>, FailureKind, RegExp])[] = [
    ["text.mp4", () => text("hello"), "video-damaged", /damaged or cut short/],
    ["empty.mp4", () => new Uint8Array(0), "video-damaged", /damaged or cut short/],
    ["head.mp4", () => RECORDING.subarray(0, 60), "video-damaged", /damaged or cut short/],
    ["sound.mkv", makeSound, "video-without-pictures", /it holds only sound/],
    ["half.gif", () => text("GIF89a"), "video-damaged", /damaged or cut short/],
  ];

for (const [name, bytes, kind, reason] of BAD_FILES) {
  Deno.test(`${name} is refused with the reason`, async () => {
    await using place = await VideoPlace.open();
    await refuses(place.read(await place.put(name, await bytes())), kind, name, reason);
  });
}

Deno.test("what is no file is refused before a process is started", async () => {
  await using place = await VideoPlace.open();
  let started = 0;
  const read = (path: string) => place.read(path, {}, { onStart: () => started++ });
  await refuses(read(`${place.path}/none.mp4`), "video-missing", "none.mp4", /there is no such file/);
  await Deno.mkdir(`${place.path}/folder.mp4`);
  await refuses(read(`${place.path}/folder.mp4`), "video-unreadable", "folder.mp4", /it is a folder/);
  if (Deno.build.os !== "windows") {
    await new Deno.Command("mkfifo", { args: [`${place.path}/pipe.mp4`] }).output();
    await refuses(read(`${place.path}/pipe.mp4`), "video-unreadable", "pipe.mp4", /a device or a pipe/);
  }
  assert.equal(started, 0);
});

/** Names that could be taken for several files, for options, or for code. */
const NAMES = [
  "a,b.mp4",
  ",",
  "-A",
  "--allow-all",
  'it\'s "quoted".mp4',
  "größe 世界 🙂.mp4",
  "$HOME;b 100%20",
  "a\nb\x1b[2J",
];

for (const name of NAMES) {
  Deno.test(`a video named ${JSON.stringify(name)} is read`, async () => {
    await using place = await VideoPlace.open();
    const video = await place.read(await place.put(name, RECORDING));
    assert.equal(video.frames.length, 2);
    // deno-lint-ignore no-control-regex -- control characters are what this is about
    assert.doesNotMatch(video.name, /[\x00-\x1f]/);
  });
}

Deno.test("a video is read through a link to it", async () => {
  await using place = await VideoPlace.open();
  await Deno.symlink(await place.put("film.mp4", RECORDING), `${place.path}/link.mp4`);
  assert.equal((await place.read(`${place.path}/link.mp4`)).frames.length, 2);
});

Deno.test("a reader that is killed in the middle is a failure that says what to do, and reading again works", async () => {
  await using place = await VideoPlace.open();
  const path = await place.put("film.mp4", LARGE_FILM);
  for (
    const [signal, stage] of [["SIGABRT", "looking"], ["SIGILL", "taking"], ["SIGKILL", "taking"]] as const
  ) {
    let pid = 0;
    const watch = {
      onStart: (id: number) => pid = id,
      onProgress: (progress: ReadProgress) => {
        if (progress.stage === stage && progress.done === 1) Deno.kill(pid, signal);
      },
    };
    const reading = place.read(path, { framesPerSecond: 30 }, watch);
    await refuses(
      reading,
      "video-damaged",
      "film.mp4",
      new RegExp(`stopped in the middle of it \\(${signal}\\).*Try again`),
    );
  }
  assert.ok((await place.read(path)).frames.length > 10);
});

Deno.test("a reader that got stuck is a failure", async () => {
  await using place = await VideoPlace.open();
  const path = await place.put("film.mp4", LARGE_FILM);
  let pid = 0;
  const reading = place.read(path, { framesPerSecond: 30 }, {
    patienceMs: 10_000, // Starting must fit, too.
    onStart: (id) => pid = id,
    onProgress: ({ done }) => void (done === 1 && Deno.kill(pid, "SIGSTOP")),
  });
  await refuses(reading, "video-damaged", "film.mp4", /stopped in the middle of it \(it got stuck\)/);
  await untilGone(pid);
});

Deno.test("a stop ends the reader at once, whatever it is doing", async () => {
  await using place = await VideoPlace.open();
  const path = await place.put("film.mp4", LARGE_FILM);
  for (const stage of ["start", "looking", "taking"] as const) {
    const controller = new AbortController();
    let pid = 0;
    const watch = {
      signal: controller.signal,
      onStart: (id: number) => {
        pid = id;
        if (stage === "start") controller.abort();
      },
      onProgress: (progress: ReadProgress) => {
        if (progress.stage === stage) controller.abort();
      },
    };
    await assert.rejects(place.read(path, { framesPerSecond: 30 }, watch), { name: "AbortError" }, stage);
    await untilGone(pid);
  }
  await assert.rejects(place.read(path, {}, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

Deno.test("a reader ends when its host does", async () => {
  await using place = await VideoPlace.open();
  const file = await place.put("film.mp4", LARGE_FILM);
  const folder = `${place.path}/frames`;
  await Deno.mkdir(folder);
  const request = { path: file, name: "film.mp4", folder, maxGroups: 180, sampling: { framesPerSecond: 30 } };
  const args = [...videoReaderArguments(LAYOUT, { file, folder }), JSON.stringify(request)];
  const reader = spawn(LAYOUT.deno, args, { env: sidecarEnvironment(place.path) });
  let printed = "";
  reader.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    reader.stdin.end();
  });
  const code = await new Promise((resolve) => reader.once("close", resolve));
  assert.equal(code, 1);
  assert.match(printed, /"looking"/);
  assert.doesNotMatch(printed, /"done":\{|"kind":"done"/);
});

Deno.test("the reader's command line allows one file, the libraries and the frames' folder, and denies everything else", async () => {
  await using place = await VideoPlace.open();
  const [frames, outside] = [`${place.path}/frames`, `${place.path}/outside`];
  for (const path of [frames, outside]) await Deno.mkdir(path);
  const file = await place.put("film, 2.mp4", text("x"));
  await place.put("film", text("x"));
  await Deno.writeTextFile(`${outside}/secret`, "{}");
  const args = videoReaderArguments(LAYOUT, { file, folder: frames });
  const attempt = (attempts: Readonly<Record<string, string>>) =>
    probe(LAYOUT.deno, args, sidecarEnvironment(place.path), attempts);
  const allowed = {
    "read its own script": args.at(-1) ?? assert.fail(),
    "read the file": file,
    "list the packages": LAYOUT.packages,
    "write in the frames' folder": `${frames}/file`,
    "env that the decoder looks at": "LIBC",
  };
  assert.deepEqual(await attempt(allowed), all(allowed, "allowed"));
  const denied = {
    "fetch from the network": "http://example.com/",
    "listen": "",
    "resolve a name": "example.com",
    "run a program": "ls",
    "read what the name begins like": `${place.path}/film`,
    "read beside the file": `${outside}/secret`,
    "read the frames' folder": `${frames}/file`,
    "read the storage": `${place.path}/storage`,
    "list the file's folder": place.path,
    "list the checkout": ROOT,
    "read the list of users": "/etc/passwd",
    "write over the file": file,
    "write beside the file": `${place.path}/other`,
    "write beside the frames, the long way": `${frames}/../outside/file`,
    "write into the program": `${args.at(-1)}.js`,
    "write into the packages": `${LAYOUT.packages}/file`,
    "remove the file": file,
    "link out of the frames' folder": `${frames}/link`,
    "env that is not listed": "HOME",
    "allEnv": "",
    "sys": "",
    "ffi": "",
  };
  assert.deepEqual(await attempt(denied), all(denied, "denied"));
});

Deno.test({
  name: "a reader needs no more memory for a long video than for a short one",
  ignore: Deno.build.os !== "linux", // Peak memory is read from /proc.
  async fn() {
    await using place = await VideoPlace.open();
    const peakOf = async (count: number) => {
      const recipe = { codec: "avc", container: "mp4", width: 160, height: 120, keyInterval: 250 } as const;
      const path = await place.put(`${count}.mp4`, await makeVideo({ ...recipe, timesS: steady(count, 25) }));
      let pid = 0;
      let peakBytes = 0;
      await place.read(path, { framesPerSecond: 3, packing: 6 }, {
        onStart: (id) => pid = id,
        onProgress: ({ done }) => {
          if (done % 20 === 0) peakBytes = Math.max(peakBytes, peakMemory(pid));
        },
      });
      return peakBytes;
    };
    const [short, long] = [await peakOf(1000), await peakOf(9000)];
    assert.ok(short > 50e6, `${short}`);
    // All frames of the long one as RGB would take 518 MB.
    assert.ok(long - short < 60e6, `${Math.round(short / 1e6)} MB, then ${Math.round(long / 1e6)} MB`);
  },
});

/** Most memory that a process has held, in bytes; 0 when it has just ended. */
function peakMemory(pid: number): number {
  const { stdout } = new Deno.Command("cat", { args: [`/proc/${pid}/status`], stderr: "null" }).outputSync();
  return Number(/VmHWM:\s+(\d+) kB/.exec(new TextDecoder().decode(stdout))?.[1] ?? 0) * 1024;
}

Deno.test("libraries are allowed by the path that Deno asks for, where the packages' folder is a link", async () => {
  await using place = await tempFolder();
  const link = `${place.path}/packages`;
  await Deno.symlink(LAYOUT.packages, link, { type: "dir" });
  const args = videoReaderArguments({ ...LAYOUT, packages: link }, { file: "/film.mp4", folder: "/frames" });
  assert.ok(args.includes(`--allow-ffi=${await Deno.realPath(LAYOUT.packages)}`), args.join(" "));
});
