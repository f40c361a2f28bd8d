// The sidecar as a process: what it says over the protocol, and that it says nothing else.

import assert from "node:assert/strict";
import packageFile from "../../../package.json" with { type: "json" };
import { CANCELLED_CODE, FAILURE_CODE } from "../../../protocol/errors.ts";
import { PERMISSION_NAMES, PROTOCOL_VERSION, type SidecarRecord } from "../../../protocol/sidecar.ts";
import { plainPng } from "../../support/bad_pictures.ts";
import { question } from "../../support/engine.ts";
import { type Message, RawSidecar } from "../../support/raw_sidecar.ts";
import { tinyPlace } from "../../support/sidecar.ts";

const place = await tinyPlace();
Deno.test.afterAll(() => place[Symbol.asyncDispose]());

/** Runs a test over a sidecar that has been initialised, then ends it and looks at every byte it has written. */
async function withSidecar(use: (sidecar: RawSidecar) => Promise<void>): Promise<void> {
  await using sidecar = new RawSidecar(place);
  await sidecar.initialize(place);
  sidecar.notify("initialized", {});
  await use(sidecar);
  await sidecar.request("shutdown");
  sidecar.notify("exit");
  assert.equal(await sidecar.exited, 0);
  assert.equal(sidecar.stray, "");
}

/** A request whose answer is long enough to be stopped. */
const long = (token: number) => ({
  conversation: [question([], "Tell me more.")],
  thinking: false,
  ocr: "off",
  temperature: 1,
  seed: 1,
  maxTokens: 450,
  partialResultToken: token,
});
const short = (token: number) => ({ ...long(token), maxTokens: 2 });

const progressOf = (token: number) => (message: Message) =>
  message.method === "$/progress" && message.params?.token === token;
const answerOf = (token: number) => (message: Message) =>
  progressOf(token)(message) && message.params?.value?.kind === "answer";

Deno.test("the sidecar introduces itself with a versioned record", async () => {
  await using sidecar = new RawSidecar(place);
  const { result } = await sidecar.initialize(place);
  const { capabilities, serverInfo } = result as {
    serverInfo: object;
    capabilities: { experimental: { sightline: SidecarRecord } };
  };
  assert.deepEqual(serverInfo, { name: "sightline-sidecar", version: packageFile.version });
  const record = capabilities.experimental.sightline;
  assert.equal(record.protocolVersion, PROTOCOL_VERSION);
  assert.equal(record.sidecarVersion, packageFile.version);
  assert.match(record.denoVersion, /^\d+\.\d+\.\d+/);
  assert.match(record.runtimeVersion, /^1\.\d+\.\d+/);
  assert.ok(record.executionProviders.includes(record.executionProvider));
  assert.deepEqual(record.models, place.options.models);
  assert.deepEqual(Object.keys(record.permissions).sort(), [...PERMISSION_NAMES].sort());
});

for (const version of [PROTOCOL_VERSION + 1, "1", null]) {
  Deno.test(`the sidecar refuses protocol version ${JSON.stringify(version)}, and says both`, async () => {
    await using sidecar = new RawSidecar(place);
    const { error } = await sidecar.initialize(place, version);
    assert.equal(error?.code, FAILURE_CODE);
    assert.deepEqual(error?.data, { kind: "protocol-mismatch" });
    const other = version ?? "none";
    assert.match(
      error?.message ?? "",
      new RegExp(`version ${PROTOCOL_VERSION}, .* speaks ${other}\\. Reload the window`),
    );
    await sidecar.request("shutdown");
    sidecar.notify("exit");
    assert.equal(await sidecar.exited, 0);
    assert.equal(sidecar.stray, "");
  });
}

Deno.test("the sidecar refuses requests before it is initialised, and exit without shutdown is no success", async () => {
  await using sidecar = new RawSidecar(place);
  const { error } = await sidecar.request("sightline/generate", short(1));
  assert.ok(error !== undefined);
  sidecar.notify("exit");
  assert.equal(await sidecar.exited, 1);
  assert.equal(sidecar.stray, "");
});

Deno.test("progress comes in order, and has ended before the response", () =>
  withSidecar(async (sidecar) => {
    const ref = await place.store.addBytes(await plainPng(160, 80), "p.png");
    const params = { ...short(7), conversation: [question([ref], "Hm?")] };
    const response = await sidecar.request("sightline/generate", params);
    const progress = sidecar.messages.filter(progressOf(7));
    const names = progress.map(({ params }) => params?.value?.stage ?? params?.value?.kind);
    assert.deepEqual(names.filter((name, i) => name !== names[i - 1]), [
      "loading-model",
      "decoding-picture",
      "receipt",
      "encoding-picture",
      "prefill",
      "generating",
      "answer",
    ]);
    await sidecar.request("sightline/unload", {});
    const last = sidecar.messages.findLastIndex(progressOf(7));
    assert.ok(last < sidecar.messages.indexOf(response), "no progress after the response");
  }));

Deno.test("a cancelled request ends with its own code, and the next one is answered", () =>
  withSidecar(async (sidecar) => {
    const id = sidecar.send("sightline/generate", long(1));
    await sidecar.until(answerOf(1));
    sidecar.notify("$/cancelRequest", { id });
    const { error } = await sidecar.until((message) => message.id === id);
    assert.equal(error?.code, CANCELLED_CODE);
    const next = await sidecar.request("sightline/generate", short(2));
    assert.equal((next.result as { tokenIds: number[] }).tokenIds.length, 2);
    // It was stopped on the way, not at its end.
    assert.ok(sidecar.messages.filter(answerOf(1)).length < 400);
  }));

Deno.test("a second request is told that it waits, and may be cancelled while it does", () =>
  withSidecar(async (sidecar) => {
    const first = sidecar.send("sightline/generate", long(1));
    await sidecar.until(answerOf(1));
    const second = sidecar.send("sightline/generate", short(2));
    const third = sidecar.send("sightline/readText", {
      picture: { sha256: "0".repeat(64), name: "gone.png", byteLength: 1 },
      partialResultToken: 3,
    });
    for (const token of [2, 3]) {
      const { params } = await sidecar.until(progressOf(token));
      assert.equal(params?.value?.stage, "queued");
    }
    sidecar.notify("$/cancelRequest", { id: second });
    assert.equal((await sidecar.until(({ id }) => id === second)).error?.code, CANCELLED_CODE);
    assert.ok(!sidecar.messages.some(({ id }) => id === first), "the first one goes on");
    sidecar.notify("$/cancelRequest", { id: first });
    const { error } = await sidecar.until(({ id }) => id === third);
    assert.deepEqual(error?.data, { kind: "picture-missing", subject: "gone.png" });
  }));

Deno.test("failures carry their kind and what they are about", () =>
  withSidecar(async (sidecar) => {
    const unknown = await sidecar.request("sightline/generate", { ...short(1), model: "no such" });
    assert.equal(unknown.error?.code, FAILURE_CODE);
    assert.deepEqual(unknown.error?.data, { kind: "model-missing", subject: "no such" });
    assert.match(unknown.error?.message ?? "", /^There is no model "no such"\. Choose one of: tiny\.$/);
    const bad = await place.store.addBytes(new TextEncoder().encode("text"), "bad.png");
    const refused = await sidecar.request("sightline/inspectPicture", { picture: bad });
    assert.deepEqual(refused.error?.data, { kind: "picture-not-an-image", subject: "bad.png" });
    const bug = await sidecar.request("sightline/generate", { ...short(1), conversation: [] });
    assert.deepEqual(bug.error?.data, { kind: "internal" });
    const method = await sidecar.request("sightline/noSuchMethod", {});
    assert.equal(method.error?.code, -32601);
    const ok = await sidecar.request("sightline/generate", short(2));
    assert.ok(ok.result);
  }));

Deno.test("shutdown in the middle of an answer cancels it and ends well", () =>
  withSidecar(async (sidecar) => {
    const id = sidecar.send("sightline/generate", long(1));
    await sidecar.until(answerOf(1));
    const shutdown = await sidecar.request("shutdown");
    assert.equal(shutdown.error, undefined);
    assert.equal((await sidecar.until((message) => message.id === id)).error?.code, CANCELLED_CODE);
  }));
