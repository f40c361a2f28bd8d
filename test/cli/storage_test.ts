import assert from "node:assert/strict";
import { homedir } from "node:os";
import { storageFolder } from "../../cli/storage.ts";

Deno.test("storageFolder() is where SIGHTLINE_STORAGE says", () => {
  assert.equal(storageFolder({ SIGHTLINE_STORAGE: "/elsewhere", XDG_CACHE_HOME: "/cache" }), "/elsewhere");
});

Deno.test({
  name: "storageFolder() is in the user's cache folder",
  ignore: Deno.build.os !== "linux", // The rules of other systems are their own, in the same few lines.
  fn() {
    assert.equal(storageFolder({ XDG_CACHE_HOME: "/cache" }), "/cache/sightline");
    for (const environment of [{}, { XDG_CACHE_HOME: "", SIGHTLINE_STORAGE: "" }]) {
      assert.equal(storageFolder(environment), `${homedir()}/.cache/sightline`);
    }
  },
});
