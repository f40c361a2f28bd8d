import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  checkRecordingSize,
  recordingFileName,
  storeRecording,
  storeRecordingBytes,
} from "../../host/recording_store.ts";
import { formatOfHead, isAnimation } from "../../host/is_video.ts";
import { refusesA } from "../support/refuses.ts";
import { tempFolder } from "../support/temp_folder.ts";

const refuses = refusesA("video");
const BYTES = new Uint8Array(300_000).map((_, i) => i % 251);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");

Deno.test("a recording is stored once, named by its hash and format, and the person's file stays theirs", async () => {
  await using folder = await tempFolder();
  const file = `${folder.path}/login \u202ehang.webm`;
  await Deno.writeFile(file, BYTES);
  const shares: number[] = [];
  const store = `${folder.path}/pictures`;
  const ref = await storeRecording(store, file, "webm", { onProgress: (share) => shares.push(share) });
  assert.deepEqual(ref, {
    sha256: SHA256,
    name: "login \\u{202e}hang.webm",
    byteLength: BYTES.length,
    format: "webm",
  });
  assert.equal(shares.at(-1), 1);
  await storeRecordingBytes(store, BYTES, { name: "again.webm", format: "webm" });
  assert.deepEqual([...Deno.readDirSync(store)].map(({ name }) => name), [`${SHA256}.webm`]);
  await Deno.writeFile(file, new Uint8Array(1));
  assert.deepEqual(await Deno.readFile(`${store}/${recordingFileName(ref)}`), BYTES);
});

Deno.test("what cannot be stored is refused with the reason, and nothing is left behind", async () => {
  await using folder = await tempFolder();
  const missing = storeRecording(folder.path, `${folder.path}/none.mp4`, "mp4");
  await refuses(missing, "video-missing", "none.mp4", /ENOENT/);
  assert.throws(() => checkRecordingSize(2 ** 31 + 1, "long.mp4", 2 ** 31), /2049 MB.*2048 MB.*shorter/);
  await Deno.writeFile(`${folder.path}/file`, BYTES);
  const noFolder = storeRecordingBytes(`${folder.path}/file`, BYTES, { name: "a.mp4", format: "mp4" });
  await refuses(noFolder, "storage-failed", "a.mp4", /could not be copied/);
  const stopped = AbortSignal.abort(new Error("enough"));
  const watch = { signal: stopped };
  await assert.rejects(
    storeRecordingBytes(folder.path, BYTES, { name: "a.mp4", format: "mp4" }, watch),
    /enough/,
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["file"]);
});

Deno.test("formatOfHead() tells formats apart by their first bytes", () => {
  const head = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const heads: readonly [text: string, format: string | null][] = [
    ["\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm"],
    ["\x1aE\xdf\xa3\x9fB\x82\x88matroska", "mkv"],
    ["\0\0\0\x14ftypqt  ", "mov"],
    ["\0\0\0\x14ftypisom", "mp4"],
    ["\0\0\0\x14ftypavif", null],
    ["\0\0\0\x08wide", "mov"],
    ["GIF89a....NETSCAPE2.0", "gif"],
    ["GIF89a", null],
    [`RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02`, "webp"],
    [`RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10`, null],
    ["\x89PNG", null],
    ["", null],
  ];
  for (const [text, format] of heads) assert.equal(formatOfHead(head(text)), format, text);
  assert.deepEqual((["gif", "webp", "webm"] as const).map(isAnimation), [true, true, false]);
});
