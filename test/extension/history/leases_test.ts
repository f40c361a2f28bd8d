import assert from "node:assert/strict";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Leases, STALE_MS } from "../../../extension/history/leases.ts";
import { tempFolder } from "../../support/temp_folder.ts";

const ID = "11111111-2222-4333-8444-555555555555";

/** No process has this number: Linux ends at 2²², others sooner. */
const DEAD_PID = 2 ** 30;

Deno.test("one window holds a conversation until it lets go", async () => {
  await using temp = await tempFolder();
  const folder = join(temp.path, "conversations");
  const [first, second] = [new Leases(folder), new Leases(folder)];
  assert.equal(await first.isHeld(ID), false);
  const lease = await first.take(ID);
  assert.equal(await lease?.isHeld(), true);
  assert.equal(await second.isHeld(ID), true);
  assert.equal(await second.take(ID), null);
  assert.equal(await first.take(ID), null, "not twice either");
  await lease?.release();
  assert.equal(await lease?.isHeld(), false);
  const next = await second.take(ID);
  assert.equal(await next?.isHeld(), true);
  await lease?.release();
  assert.equal(await next?.isHeld(), true, "letting go twice takes nothing from another");
  await next?.release();
  assert.deepEqual(await readdir(folder), []);
});

Deno.test("of many windows that want a conversation at once, one gets it", async () => {
  await using temp = await tempFolder();
  for (const isStale of [false, true]) {
    if (isStale) await new Leases(temp.path, { pid: DEAD_PID }).take(ID);
    const windows = Array.from({ length: 20 }, () => new Leases(temp.path));
    const leases = (await Promise.all(windows.map((window) => window.take(ID)))).filter((lease) =>
      lease !== null
    );
    assert.equal(leases.length, 1, `${leases.length} hold it`);
    assert.equal(await leases[0]?.isHeld(), true);
    await leases[0]?.release();
    assert.deepEqual(await readdir(temp.path), []);
  }
});

Deno.test("a window that was killed is followed at once, one elsewhere when it has been silent", async () => {
  await using temp = await tempFolder();
  const path = join(temp.path, `${ID}.lock`);
  const dead = await new Leases(temp.path, { pid: DEAD_PID }).take(ID);
  const next = await new Leases(temp.path).take(ID);
  assert.equal(await next?.isHeld(), true);
  assert.equal(await dead?.isHeld(), false, "the dead one's process would find out before it writes");
  await next?.release();

  const elsewhere = await new Leases(temp.path, { host: "another", pid: DEAD_PID }).take(ID);
  assert.equal(await new Leases(temp.path).take(ID), null, "its process cannot be seen from here");
  const silentSince = (Date.now() - STALE_MS - 1_000) / 1000;
  await utimes(path, silentSince, silentSince);
  const follower = await new Leases(temp.path).take(ID);
  assert.equal(await follower?.isHeld(), true);
  assert.equal(await elsewhere?.isHeld(), false);
  await follower?.release();
});

Deno.test("beat() keeps what is held, and nothing that another has taken over", async () => {
  await using temp = await tempFolder();
  const path = join(temp.path, `${ID}.lock`);
  const asleep = new Leases(temp.path, { host: "another" });
  const lease = await asleep.take(ID);
  await utimes(path, 1, 1);
  await asleep.beat();
  assert.equal(await new Leases(temp.path).take(ID), null);
  await utimes(path, 1, 1);
  const follower = await new Leases(temp.path).take(ID);
  await utimes(path, 1, 1);
  await asleep.beat();
  assert.equal(await new Leases(temp.path).isHeld(ID), false, "the follower has been silent ever since");
  await lease?.release();
  assert.equal(await follower?.isHeld(), true);
  await follower?.release();
});

Deno.test("a lock that says nothing is respected until it is old, then taken over", async () => {
  await using temp = await tempFolder();
  const path = join(temp.path, `${ID}.lock`);
  await writeFile(path, '{"owner":');
  const leases = new Leases(temp.path);
  assert.equal(await leases.take(ID), null);
  await utimes(path, 1, 1);
  const lease = await leases.take(ID);
  assert.equal(await lease?.isHeld(), true);
  await lease?.release();
  await mkdir(path);
  assert.equal(await leases.take(ID), null, "a folder is in the way");
});
