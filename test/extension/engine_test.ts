import assert from "node:assert/strict";
import { Engine } from "../../extension/engine.ts";
import { EngineEnded } from "../../extension/error_messages.ts";
import type { EngineState } from "../../protocol/panel.ts";
import { Failure } from "../../protocol/errors.ts";
import { deferred, FakeSidecar } from "./support/fake_sidecar.ts";
import { picture, receipt } from "./support/pictures.ts";
import { silentLog } from "./support/silent_log.ts";

const PARAMS = { picture: picture("a") };

/** An engine whose sidecars are fakes, and whose waits are over at once but noted. */
function start(launch: (count: number) => FakeSidecar | Error = () => new FakeSidecar()) {
  const sidecars: FakeSidecar[] = [];
  const waitsMs: number[] = [];
  const states: EngineState[] = [];
  let givenUpCount = 0;
  let launchCount = 0;
  let onState: (state: EngineState) => void = () => {};
  const engine: Engine = new Engine({
    launch: () => {
      const launched = launch(launchCount++);
      if (launched instanceof Error) return Promise.reject(launched);
      sidecars.push(launched);
      return Promise.resolve(launched);
    },
    log: silentLog(),
    onChange: () => {
      if (states.at(-1) !== engine.state) states.push(engine.state);
      onState(engine.state);
    },
    onGivenUp: () => givenUpCount++,
    wait: (ms) => {
      waitsMs.push(ms);
      return Promise.resolve();
    },
  });
  /** Settles when the engine next enters a state. */
  const entered = async (state: EngineState): Promise<void> => {
    const { promise, resolve } = deferred<void>();
    onState = (now) => now === state && resolve();
    await promise;
  };
  return {
    engine,
    sidecars,
    waitsMs,
    states,
    entered,
    launchCount: () => launchCount,
    givenUpCount: () => givenUpCount,
  };
}

/** Sends a request and has the newest sidecar answer it. */
async function answerOne(engine: Engine, sidecars: readonly FakeSidecar[]): Promise<unknown> {
  const answer = engine.request("sightline/inspectPicture", PARAMS);
  await Promise.resolve();
  while (sidecars.at(-1)?.desk === undefined) await Promise.resolve();
  const request = await sidecars.at(-1)?.desk.take();
  request?.resolve(receipt(picture("a")));
  return await answer;
}

Deno.test("the engine starts with the first request and is busy while one is under way", async () => {
  const { engine, sidecars, states } = start();
  assert.equal(engine.state, "stopped");
  const answer = engine.request("sightline/inspectPicture", PARAMS);
  assert.equal(engine.state, "starting");
  while (sidecars.length === 0) await Promise.resolve();
  const request = await sidecars[0]?.desk.take();
  assert.equal(engine.state, "busy");
  request?.resolve(receipt(picture("a")));
  assert.deepEqual(await answer, receipt(picture("a")));
  assert.deepEqual(states, ["starting", "ready", "busy", "ready"]);
});

Deno.test("requests at the same time share one start", async () => {
  const { engine, sidecars, launchCount } = start();
  const answers = [1, 2].map(() => engine.request("sightline/inspectPicture", PARAMS));
  while (sidecars.length === 0) await Promise.resolve();
  for (let i = 0; i < answers.length; i++) (await sidecars[0]?.desk.take())?.resolve(receipt(picture("a")));
  await Promise.all(answers);
  assert.equal(launchCount(), 1);
});

Deno.test("a crash fails the request under way, and the next one finds a new sidecar", async () => {
  const { engine, sidecars, entered } = start();
  const answer = engine.request("sightline/inspectPicture", PARAMS);
  while (sidecars.length === 0) await Promise.resolve();
  await sidecars[0]?.desk.take();
  const restarted = entered("ready");
  sidecars[0]?.crash();
  await assert.rejects(answer, EngineEnded);
  await restarted;
  assert.equal(sidecars.length, 2);
  await answerOne(engine, sidecars);
});

Deno.test("an engine that keeps crashing waits longer each time and is then given up", async () => {
  const { engine, sidecars, waitsMs, entered, givenUpCount } = start();
  await answerOne(engine, sidecars);
  for (let count = 1; count <= 5; count++) {
    const restarted = entered("ready");
    sidecars.at(-1)?.crash();
    await restarted;
  }
  assert.deepEqual(waitsMs, [0, 0, 1_000, 2_000, 4_000, 8_000]);
  const failed = entered("failed");
  sidecars.at(-1)?.crash();
  await failed;
  assert.equal(givenUpCount(), 1);
  assert.equal(sidecars.length, 6);
  // A person who asks wants it, so it is tried once more; one who restarts it gets all tries again.
  await answerOne(engine, sidecars);
  const failedAgain = entered("failed");
  sidecars.at(-1)?.crash();
  await failedAgain;
  await engine.restart();
  const restarted = entered("ready");
  sidecars.at(-1)?.crash();
  await restarted;
});

Deno.test("an engine that ends while it starts is tried again, then the request fails", async () => {
  const { engine, waitsMs, launchCount, givenUpCount } = start(() => new EngineEnded("code 1"));
  await assert.rejects(engine.request("sightline/inspectPicture", PARAMS), EngineEnded);
  assert.equal(engine.state, "failed");
  assert.deepEqual(waitsMs, [0, 0, 1_000, 2_000, 4_000, 8_000]);
  assert.deepEqual([launchCount(), givenUpCount()], [6, 1]);
});

Deno.test("a refusal to start is not tried again by itself, and its reason is the request's", async () => {
  const { engine, launchCount, givenUpCount } = start(() => new Failure("runtime-missing", "No library."));
  await assert.rejects(engine.request("sightline/inspectPicture", PARAMS), /No library/);
  assert.equal(engine.state, "failed");
  assert.deepEqual([launchCount(), givenUpCount()], [1, 0]);
  await assert.rejects(engine.request("sightline/inspectPicture", PARAMS), /No library/);
  assert.equal(launchCount(), 2);
});

Deno.test("stop() ends the sidecar and is no crash", async () => {
  const { engine, sidecars, states } = start();
  await answerOne(engine, sidecars);
  await engine.stop();
  assert.equal(sidecars[0]?.isStopped, true);
  assert.equal(engine.state, "stopped");
  assert.equal(sidecars.length, 1);
  assert.ok(!states.includes("failed"));
});

Deno.test("stop() while it starts leaves no sidecar behind", async () => {
  const launched = deferred<FakeSidecar>();
  const engine = new Engine({
    launch: () => launched.promise,
    log: silentLog(),
    onChange: () => {},
    onGivenUp: () => assert.fail("given up"),
    wait: () => Promise.resolve(),
  });
  const answer = engine.request("sightline/inspectPicture", PARAMS);
  const refused = assert.rejects(answer, EngineEnded);
  await Promise.resolve();
  const stopped = engine.stop();
  const sidecar = new FakeSidecar();
  launched.resolve(sidecar);
  await stopped;
  await refused;
  assert.equal(sidecar.isStopped, true);
  assert.equal(engine.state, "stopped");
});

Deno.test("outdate() starts the sidecar anew with the next request, not under one", async () => {
  const { engine, sidecars } = start();
  const first = engine.request("sightline/inspectPicture", PARAMS);
  while (sidecars.length === 0) await Promise.resolve();
  const waiting = await sidecars[0]?.desk.take();
  engine.outdate();
  assert.equal(sidecars[0]?.isStopped, false);
  waiting?.resolve(receipt(picture("a")));
  await first;
  const second = engine.request("sightline/inspectPicture", PARAMS);
  while (sidecars.length === 1) await Promise.resolve();
  assert.equal(sidecars[0]?.isStopped, true);
  (await sidecars[1]?.desk.take())?.resolve(receipt(picture("a")));
  await second;
});

Deno.test("a request that is aborted while the engine starts does not wait for it", async () => {
  const engine = new Engine({
    launch: () => new Promise(() => {}),
    log: silentLog(),
    onChange: () => {},
    onGivenUp: () => {},
    wait: () => Promise.resolve(),
  });
  const stopping = new AbortController();
  const answer = engine.request("sightline/inspectPicture", PARAMS, { signal: stopping.signal });
  stopping.abort(new Error("stopped"));
  await assert.rejects(answer, /stopped/);
});
