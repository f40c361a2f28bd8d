import assert from "node:assert/strict";
import { Keeper } from "../../../extension/history/keeper.ts";
import type { Lease } from "../../../extension/history/leases.ts";
import { deferred } from "../support/fake_sidecar.ts";

/** A keeper of a text, with what became of it. */
function start({ isHeld = (): boolean => true, lease = "none" as "none" | "held" } = {}) {
  const events: string[] = [];
  const state = { text: "", fails: false, pause: Promise.resolve() };
  const newLease: Lease = {
    isHeld: () => Promise.resolve(isHeld()),
    release: () => Promise.resolve(void events.push("released")),
  };
  const keeper = new Keeper({
    take: () => {
      events.push("taken");
      return Promise.resolve(newLease);
    },
    isWanted: () => state.text !== "",
    write: async () => {
      const { text } = state;
      await state.pause;
      if (state.fails) throw new Error("disk full");
      events.push(text);
    },
    onLost: () => events.push("lost"),
    onError: (error) => events.push(String(error)),
  }, lease === "held" ? newLease : null);
  return { keeper, events, state };
}

Deno.test("what changes while a file is written is written once more, and no oftener", async () => {
  const { keeper, events, state } = start();
  const pause = deferred<void>();
  Object.assign(state, { text: "1", pause: pause.promise });
  keeper.changed(true);
  await Promise.resolve();
  for (const text of ["2", "3", "4"]) {
    state.text = text;
    keeper.changed(true);
  }
  pause.resolve();
  await keeper.flush();
  assert.equal(events[0], "taken");
  assert.equal(events.at(-1), "4");
  assert.ok(events.length <= 3, events.join());
});

Deno.test("nothing is taken or written for an empty one, and close() writes what waits", async () => {
  const { keeper, events, state } = start();
  keeper.changed(true);
  await keeper.flush();
  assert.deepEqual(events, []);
  state.text = "typing";
  keeper.changed(false);
  assert.deepEqual(events, []);
  await keeper.close();
  assert.deepEqual(events, ["taken", "typing", "released"]);
  keeper.changed(true);
  await keeper.close();
  assert.deepEqual(events, ["taken", "typing", "released"], "it is over");
});

Deno.test("discard() writes nothing that has not begun", async () => {
  const { keeper, events, state } = start({ lease: "held" });
  state.text = "deleted";
  keeper.changed(false);
  await keeper.discard();
  await keeper.flush();
  assert.deepEqual(events, ["released"]);
});

Deno.test("a conversation that another window has taken over goes on under another name", async () => {
  let isHeld = true;
  const { keeper, events, state } = start({ lease: "held", isHeld: () => isHeld });
  state.text = "mine";
  await keeper.flush();
  isHeld = false;
  state.text = "mine too";
  await keeper.flush();
  assert.deepEqual(events, ["mine", "released", "lost", "taken", "mine too"]);
  await keeper.discard();
});

Deno.test("what cannot be written is told, and tried again with the next change", async () => {
  const { keeper, events, state } = start({ lease: "held" });
  Object.assign(state, { text: "a", fails: true });
  await keeper.flush();
  Object.assign(state, { text: "b", fails: false });
  await keeper.flush();
  assert.deepEqual(events, ["Error: disk full", "b"]);
  await keeper.discard();
});
