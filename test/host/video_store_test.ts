import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isVideoHead } from "../../host/is_video.ts";
import { VideoStore } from "../../host/video_store.ts";
import { VideoStore as SidecarVideoStore } from "../../sidecar/video/video_store.ts";
import { animatedGif, plainPng, sidewaysJpeg } from "../support/bad_pictures.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { makeVideo, steady } from "../support/videos.ts";

Deno.test("a video is stored under its hash and found by the sidecar", async () => {
  await using folder = await tempFolder();
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  await Deno.writeFile(`${folder.path}/a film.mp4`, bytes);
  const store = new VideoStore(folder.path);
  const ref = await store.addFile(`${folder.path}/a film.mp4`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  assert.deepEqual(ref, { sha256, name: "a film.mp4", byteLength: 60_000 });
  const found = await new SidecarVideoStore(folder.path).pathOf(ref);
  assert.deepEqual(await Deno.readFile(found), bytes);
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/videos`)].map(({ name }) => name), [sha256]);
  await store.remove(ref);
  await assert.rejects(new SidecarVideoStore(folder.path).pathOf(ref), { kind: "video-missing" });
});

Deno.test("a video that has changed in the store is refused, and a name that is no hash too", async () => {
  await using folder = await tempFolder();
  await Deno.writeFile(`${folder.path}/a.mp4`, new Uint8Array(100));
  const ref = await new VideoStore(folder.path).addFile(`${folder.path}/a.mp4`);
  const store = new SidecarVideoStore(folder.path);
  await store.pathOf(ref);
  await Deno.writeFile(`${folder.path}/videos/${ref.sha256}`, new Uint8Array(101));
  await assert.rejects(store.pathOf(ref), { kind: "video-missing" });
  await assert.rejects(store.pathOf({ ...ref, sha256: "../a.mp4" }), { kind: "video-missing" });
});

Deno.test("a video that is not there is refused, and a stop leaves nothing behind", async () => {
  await using folder = await tempFolder();
  const store = new VideoStore(folder.path);
  await assert.rejects(store.addFile(`${folder.path}/none.mp4`), { kind: "video-missing" });
  await assert.rejects(store.addFile(folder.path), { kind: "video-unreadable" });
  await Deno.writeFile(`${folder.path}/a.mp4`, new Uint8Array(100));
  await assert.rejects(store.addFile(`${folder.path}/a.mp4`, AbortSignal.abort()), { name: "AbortError" });
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/videos`)], []);
});

Deno.test("videos are told from pictures by their content", async () => {
  const ofRecipe = (codec: "avc" | "vp8", container: "mp4" | "mov" | "webm" | "mkv") =>
    makeVideo({ codec, container, timesS: steady(2, 10) });
  for (
    const [codec, container] of [["avc", "mp4"], ["avc", "mov"], ["vp8", "webm"], ["vp8", "mkv"]] as const
  ) {
    assert.ok(isVideoHead((await ofRecipe(codec, container)).subarray(0, 1024)), container);
  }
  assert.ok(isVideoHead((await animatedGif()).subarray(0, 1024)));
  const text = (value: string) => new TextEncoder().encode(value);
  assert.ok(!isVideoHead(await plainPng(10, 10)));
  assert.ok(!isVideoHead((await sidewaysJpeg()).subarray(0, 1024)));
  assert.ok(!isVideoHead(text("\0\0\0\x20ftypavif")));
  assert.ok(!isVideoHead(text("movie.mp4")));
  assert.ok(!isVideoHead(new Uint8Array(0)));
});
