// The sidecar ends when its parent does, however that comes about, and whatever it is doing.

import assert from "node:assert/strict";
import { question } from "../../support/engine.ts";
import { ROOT } from "../../support/places.ts";
import { isRunning, untilGone } from "../../support/processes.ts";
import { RawSidecar } from "../../support/raw_sidecar.ts";
import { LAYOUT, startSidecar, tinyPlace } from "../../support/sidecar.ts";

const place = await tinyPlace();
Deno.test.afterAll(() => place[Symbol.asyncDispose]());

const long = (token: number) => ({
  conversation: [question([], "Tell me more.")],
  thinking: false,
  ocr: "off" as const,
  temperature: 1,
  maxTokens: 450,
  partialResultToken: token,
});

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream) {
    text += decoder.decode(piece, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.trim();
}

Deno.test("the sidecar ends when its parent is killed in the middle of an answer", async () => {
  const parent = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "test/support/lone_parent.ts",
      JSON.stringify({ layout: LAYOUT, options: place.options }),
    ],
    cwd: ROOT,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const pid = Number(await firstLine(parent.stdout));
  assert.ok(pid > 1 && await isRunning(pid));
  parent.kill("SIGKILL");
  assert.equal((await parent.status).signal, "SIGKILL");
  await untilGone(pid);
});

Deno.test("the sidecar ends when its input is closed while it is idle", async () => {
  await using sidecar = new RawSidecar(place);
  await sidecar.initialize(place);
  sidecar.process.stdin.end();
  await sidecar.exited;
  assert.equal(sidecar.stray, "");
});

Deno.test("the sidecar ends when its input is closed before it has said anything", async () => {
  await using sidecar = new RawSidecar(place);
  sidecar.process.stdin.end();
  await sidecar.exited;
  assert.equal(sidecar.stray, "");
});

Deno.test("the sidecar ends when its input is closed while it prepares a model", async () => {
  await using fresh = await tinyPlace();
  await using sidecar = new RawSidecar(fresh);
  await sidecar.initialize(fresh);
  sidecar.send("sightline/generate", long(1));
  await sidecar.until(({ params }) => params?.value?.stage === "loading-model");
  sidecar.process.stdin.end();
  await sidecar.exited;
  assert.equal(sidecar.stray, "");
});

Deno.test("a killed sidecar fails the request that waits, and a new one answers it", async () => {
  const first = await startSidecar(place.options);
  const asking = first.request("sightline/generate", long(1), {
    onProgress: ({ kind }) => void (kind === "answer" && first.process.kill("SIGKILL")),
  });
  await assert.rejects(asking, /^Failure: The sidecar has ended \(signal SIGKILL\)\./);
  assert.deepEqual(await first.close(), { code: null, signal: "SIGKILL" });
  await assert.rejects(first.request("sightline/unload", {}), /The sidecar has ended/);
  await using second = await startSidecar(place.options);
  const { tokenIds } = await second.request("sightline/generate", { ...long(1), maxTokens: 3 });
  assert.equal(tokenIds.length, 3);
});

Deno.test("a sidecar that was killed while it prepared a model leaves nothing that is used half", async () => {
  await using fresh = await tinyPlace();
  const first = await startSidecar(fresh.options);
  const asking = first.request("sightline/generate", long(1), {
    onProgress: (progress) =>
      void (progress.kind === "stage" && progress.stage === "loading-model" &&
        killAtFirstDraft(fresh.storage, first.process)),
  });
  await assert.rejects(asking, /The sidecar has ended \(signal SIGKILL\)/);
  await first.close();
  const names = () => [...Deno.readDirSync(`${fresh.storage}/models`)].map(({ name }) => name);
  assert.equal(names().length, 1);
  assert.match(names()[0] ?? "", /\.part$/);
  await using second = await startSidecar(fresh.options);
  const { tokenIds } = await second.request("sightline/generate", { ...long(1), maxTokens: 3 });
  assert.equal(tokenIds.length, 3);
  assert.equal(names().filter((name) => !name.endsWith(".part")).length, 1);
});

/** Kills a sidecar as soon as it has begun to write a model. */
function killAtFirstDraft(storage: string, process: { kill(signal: "SIGKILL"): boolean }): void {
  const look = () => {
    const isBegun = [...Deno.readDirSync(`${storage}/models`)].some(({ name }) => name.endsWith(".part"));
    if (isBegun) process.kill("SIGKILL");
    else setTimeout(look, 0);
  };
  Deno.mkdirSync(`${storage}/models`, { recursive: true });
  look();
}
