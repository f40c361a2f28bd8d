import assert from "node:assert/strict";
import { Exclusive } from "../../sidecar/exclusive.ts";

/** A task that ends when it is told to, and notes its beginning and end. */
function step(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const task = async () => {
    log.push(`${name} begins`);
    await promise;
    log.push(`${name} ends`);
    return name;
  };
  return { task, end: resolve };
}

Deno.test("Exclusive runs one task at a time, in order", async () => {
  const log: string[] = [];
  const exclusive = new Exclusive();
  const [a, b, c] = [step(log, "a"), step(log, "b"), step(log, "c")];
  assert.equal(exclusive.isBusy, false);
  const all = Promise.all([exclusive.run(a.task), exclusive.run(b.task), exclusive.run(c.task)]);
  assert.equal(exclusive.isBusy, true);
  c.end();
  b.end();
  a.end();
  assert.deepEqual(await all, ["a", "b", "c"]);
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  assert.equal(exclusive.isBusy, false);
});

Deno.test("Exclusive goes on after a task that fails", async () => {
  const exclusive = new Exclusive();
  const failed = exclusive.run(() => Promise.reject(new RangeError("no")));
  const next = exclusive.run(() => Promise.resolve("next"));
  await assert.rejects(failed, RangeError);
  assert.equal(await next, "next");
});

Deno.test("Exclusive lets a waiting task give up without moving its successor up", async () => {
  const log: string[] = [];
  const exclusive = new Exclusive();
  const controller = new AbortController();
  const [a, b, c] = [step(log, "a"), step(log, "b"), step(log, "c")];
  const running = exclusive.run(a.task);
  const waiting = exclusive.run(b.task, controller.signal);
  const last = exclusive.run(c.task);
  controller.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  assert.deepEqual(log, ["a begins"]);
  a.end();
  c.end();
  await Promise.all([running, last]);
  assert.deepEqual(log, ["a begins", "a ends", "c begins", "c ends"]);
});

Deno.test("Exclusive does not begin a task that was given up before", async () => {
  const exclusive = new Exclusive();
  let began = false;
  const task = () => {
    began = true;
    return Promise.resolve();
  };
  await assert.rejects(exclusive.run(task, AbortSignal.abort()), { name: "AbortError" });
  assert.equal(began, false);
  assert.equal(exclusive.isBusy, false);
});
