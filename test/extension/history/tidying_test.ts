import assert from "node:assert/strict";
import { Tidying } from "../../../extension/history/tidying.ts";
import { deferred } from "../support/fake_sidecar.ts";
import { silentLog } from "../support/silent_log.ts";

/** A tidying that notes its limits. */
function start(makeRoom: (maxBytes: number) => Promise<number>) {
  const log = silentLog();
  const tidying = new Tidying({
    library: { removeDrafts: () => Promise.resolve() },
    pictures: { makeRoom },
    openedFolder: "/nowhere/opened",
    maxBytes: () => 7,
    log,
  });
  return { tidying, log };
}

Deno.test("however many pictures come in, it is tidied once, to the limit of the moment", async () => {
  const { promise, resolve } = deferred<void>();
  const limits: number[] = [];
  const { tidying, log } = start((maxBytes) => {
    limits.push(maxBytes);
    resolve();
    return Promise.resolve(2);
  });
  // Its own timer lets a process end.
  const holding = setInterval(() => {}, 1_000);
  for (let count = 0; count < 5; count++) tidying.soon(0);
  await promise;
  clearInterval(holding);
  await tidying.now();
  assert.deepEqual(limits, [7, 7]);
  assert.match(log.lines.at(-1) ?? "", /deleted 2/);
  tidying.soon();
  tidying[Symbol.dispose]();
});

Deno.test("what goes wrong is logged", async () => {
  const { tidying, log } = start(() => Promise.reject(new Error("no such disk")));
  await tidying.now();
  assert.match(log.lines[0] ?? "", /no such disk/);
});
