// The connection of the command line. What the sidecar says is in test/sidecar/process.

import assert from "node:assert/strict";
import { SidecarConnection } from "../../host/sidecar_connection.ts";
import { Failure, type FailureKind } from "../../protocol/errors.ts";
import { LAYOUT, startSidecar, tinyPlace } from "../support/sidecar.ts";
import { question } from "../support/engine.ts";
import { untilGone } from "../support/processes.ts";

const place = await tinyPlace();
Deno.test.afterAll(() => place[Symbol.asyncDispose]());

const fails = (promise: Promise<unknown>, kind: FailureKind, text: RegExp) =>
  assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === kind, String(error));
    assert.match(error.message, text);
    return true;
  });

const ask = {
  conversation: [question([], "Tell me more.")],
  thinking: false,
  ocr: "off" as const,
  temperature: 1,
};

Deno.test("SidecarConnection says so when the sidecar cannot be started", async () => {
  const start = (layout: Partial<typeof LAYOUT>) =>
    SidecarConnection.start({ ...LAYOUT, ...layout }, place.options);
  await fails(
    start({ deno: "/nowhere/deno" }),
    "runtime-missing",
    /^The sidecar could not be started: .*ENOENT.*npm ci/,
  );
  await fails(
    start({ sidecarScript: "/nowhere/main.js" }),
    "internal",
    /^The sidecar has ended \(code 1\)\..*main\.js/s,
  );
});

Deno.test("SidecarConnection says so when the storage cannot be made", async () => {
  await Deno.mkdir(place.storage, { recursive: true });
  const file = `${place.storage}/file`;
  await Deno.writeTextFile(file, "");
  const options = { ...place.options, storageFolder: `${file}/storage` };
  await fails(
    SidecarConnection.start(LAYOUT, options),
    "storage-failed",
    /for storage \(ENOTDIR\)\. Choose another one/,
  );
});

Deno.test("SidecarConnection passes on why the sidecar refuses to start", async () => {
  const options = { ...place.options, runtimeLibrary: "/nowhere/libonnxruntime.so.1" };
  await fails(
    SidecarConnection.start(LAYOUT, options),
    "runtime-missing",
    /ONNX Runtime could not be loaded from "\/nowhere/,
  );
});

Deno.test("SidecarConnection ends a sidecar that is starting when its signal aborts", async () => {
  await assert.rejects(SidecarConnection.start(LAYOUT, place.options, AbortSignal.abort()), {
    name: "AbortError",
  });
  const controller = new AbortController();
  const starting = SidecarConnection.start(LAYOUT, place.options, controller.signal);
  controller.abort();
  await assert.rejects(starting, { name: "AbortError" });
});

Deno.test("SidecarConnection cancels a request by its signal, with the signal's own reason", async () => {
  await using sidecar = await startSidecar(place.options);
  const reason = new Error("enough");
  const controller = new AbortController();
  const onProgress = ({ kind }: { kind: string }) => void (kind === "answer" && controller.abort(reason));
  const asking = sidecar.request("sightline/generate", { ...ask, maxTokens: 450 }, {
    signal: controller.signal,
    onProgress,
  });
  await assert.rejects(asking, (error) => error === reason);
  await assert.rejects(
    sidecar.request("sightline/generate", ask, { signal: controller.signal }),
    (error) => error === reason,
  );
  const { tokenIds } = await sidecar.request("sightline/generate", { ...ask, maxTokens: 2 });
  assert.equal(tokenIds.length, 2);
});

Deno.test("SidecarConnection gives each request its own progress", async () => {
  await using sidecar = await startSidecar(place.options);
  const heard: string[][] = [[], []];
  await Promise.all([0, 1].map((i) =>
    sidecar.request("sightline/generate", { ...ask, maxTokens: 3 + i }, {
      onProgress: (piece) => heard[i]?.push(piece.kind === "stage" ? piece.stage : piece.kind),
    })
  ));
  assert.ok(!heard[0]?.includes("queued") && heard[1]?.[0] === "queued", JSON.stringify(heard));
  assert.ok(heard.every((names) => names.includes("answer")));
});

Deno.test("SidecarConnection closes a sidecar that is at work", async () => {
  const sidecar = await SidecarConnection.start(LAYOUT, place.options);
  const { promise: answering, resolve } = Promise.withResolvers<void>();
  const asking = sidecar.request("sightline/generate", { ...ask, maxTokens: 450 }, {
    onProgress: ({ kind }) => void (kind === "answer" && resolve()),
  });
  const failed = assert.rejects(asking);
  await answering;
  assert.deepEqual(await sidecar.close(), { code: 0, signal: null });
  await failed;
  await untilGone(sidecar.process.pid as number);
  assert.deepEqual(await sidecar.close(), { code: 0, signal: null }, "closing again does nothing");
});
