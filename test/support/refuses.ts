import assert from "node:assert/strict";
import { Failure, type FailureKind } from "../../protocol/errors.ts";

/** Makes the check that a failure about a picture or a video is of a kind, names the file and gives the reason. */
export function refusesA(noun: "picture" | "video") {
  return async (asking: Promise<unknown>, kind: FailureKind, name: string, reason: RegExp): Promise<void> => {
    await assert.rejects(asking, (error: unknown) => {
      assert.ok(error instanceof Failure, String(error));
      assert.equal(error.kind, kind, error.message);
      assert.ok(error.message.startsWith(`Cannot use ${noun} "${name}": `), error.message);
      assert.match(error.message, reason);
      assert.match(error.message, /[^.]\.$/);
      assert.equal(error.subject, name);
      return true;
    });
  };
}
