import assert from "node:assert/strict";
import { LruCache } from "../../sidecar/lru_cache.ts";

Deno.test("LruCache forgets what was used longest ago when there is no room", () => {
  const cache = new LruCache<string>(30);
  for (const key of ["a", "b", "c"]) cache.set(key, key.toUpperCase(), 10);
  assert.equal(cache.get("a"), "A");
  cache.set("d", "D", 10);
  assert.deepEqual(["a", "b", "c", "d"].map((key) => cache.get(key)), ["A", undefined, "C", "D"]);
  cache.set("e", "E", 25);
  assert.deepEqual(["a", "c", "d", "e"].map((key) => cache.get(key)), [undefined, undefined, undefined, "E"]);
});

Deno.test("LruCache counts a key that is set again once", () => {
  const cache = new LruCache<number>(30);
  for (let i = 0; i < 10; i++) cache.set("a", i, 20);
  cache.set("b", 1, 10);
  assert.deepEqual([cache.get("a"), cache.get("b")], [9, 1]);
});

Deno.test("LruCache does not keep what is larger than all its room, nor an older value of it", () => {
  const cache = new LruCache<string>(30);
  cache.set("a", "small", 10);
  cache.set("b", "other", 10);
  cache.set("a", "large", 31);
  assert.deepEqual([cache.get("a"), cache.get("b")], [undefined, "other"]);
});

Deno.test("LruCache forgets everything when cleared, and has its whole room again", () => {
  const cache = new LruCache<string>(30);
  cache.set("a", "A", 30);
  cache.clear();
  assert.equal(cache.get("a"), undefined);
  for (const key of ["b", "c", "d"]) cache.set(key, key, 10);
  assert.deepEqual(["b", "c", "d"].map((key) => cache.get(key)), ["b", "c", "d"]);
});
