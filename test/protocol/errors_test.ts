import assert from "node:assert/strict";
import { CANCELLED_CODE, Failure, FAILURE_CODE, isFailureData } from "../../protocol/errors.ts";
import { PERMISSION_NAMES, PROTOCOL_VERSION } from "../../protocol/sidecar.ts";

Deno.test("Failure carries its kind, its subject and its cause", () => {
  const cause = new Error("below");
  const failure = new Failure("picture-empty", "It is empty.", { subject: "a.png", cause });
  assert.ok(failure instanceof Error);
  assert.deepEqual(
    [failure.name, failure.kind, failure.message, failure.subject, failure.cause],
    ["Failure", "picture-empty", "It is empty.", "a.png", cause],
  );
  const bare = new Failure("internal", "No.");
  assert.equal(bare.subject, undefined);
  assert.ok(!("cause" in bare));
});

Deno.test("isFailureData() knows our data from that of others", () => {
  assert.ok(isFailureData({ kind: "internal" }));
  assert.ok(isFailureData({ kind: "model-missing", subject: "x" }));
  for (const other of [undefined, null, "kind", 7, {}, { kind: 7 }, []]) assert.ok(!isFailureData(other));
});

Deno.test("the protocol's numbers are those of the Language Server Protocol, and stay", () => {
  assert.deepEqual([FAILURE_CODE, CANCELLED_CODE], [-32803, -32800]);
  assert.equal(PROTOCOL_VERSION, 1);
  assert.ok(PERMISSION_NAMES.includes("net") && PERMISSION_NAMES.includes("run"));
});
