import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describeFailure, EngineEnded, failureSentence, headlineOf } from "../../extension/error_messages.ts";
import { Failure, type FailureKind } from "../../protocol/errors.ts";
import { english } from "./support/english.ts";

/** Every kind, read from its declaration, so that a new one is not forgotten here. */
const KINDS = [
  ...readFileSync(new URL("../../protocol/errors.ts", import.meta.url), "utf8")
    .match(/type FailureKind =([^;]*);/)?.[1]?.matchAll(/"([\w-]+)"/g) ?? [],
].map(([, kind]) => kind as FailureKind);

Deno.test("headlineOf() has a sentence for every kind of failure", () => {
  assert.ok(KINDS.length > 15, `only ${KINDS.length} kinds were found`);
  for (const kind of KINDS) {
    const headline = headlineOf(kind, "cat.png", english);
    assert.match(headline, /^[“\p{Lu}].*\w\.$/u, `${kind}: ${headline}`);
    assert.equal(headline.includes("“cat.png”"), /^(picture|video)-/.test(kind), `${kind}: ${headline}`);
  }
});

Deno.test("describeFailure() keeps the failure's own message", () => {
  const failure = new Failure("picture-empty", 'Cannot use picture "a.png": the file is empty.', {
    subject: "a.png",
  });
  assert.deepEqual(describeFailure(failure, "picture", english), {
    kind: "picture-empty",
    headline: "“a.png” is empty.",
    message: 'Cannot use picture "a.png": the file is empty.',
    actions: [],
  });
});

Deno.test("describeFailure() offers to ask again only where that can help", () => {
  const actionsOf = (kind: FailureKind) => describeFailure(new Failure(kind, "x"), "answer", english).actions;
  assert.deepEqual(actionsOf("context-full"), ["drop-pictures", "new-chat"]);
  assert.deepEqual(actionsOf("out-of-memory"), ["retry", "show-log"]);
  assert.deepEqual(actionsOf("picture-damaged"), []);
});

Deno.test("describeFailure() does not offer to repeat what was no question", () => {
  for (const kind of KINDS) {
    const { actions } = describeFailure(new Failure(kind, "x"), "picture", english);
    assert.ok(
      !actions.includes("retry") && !actions.includes("drop-pictures") && !actions.includes("new-chat"),
      kind,
    );
  }
});

Deno.test("describeFailure() tells a dead engine from a fault", () => {
  const ended = describeFailure(new EngineEnded("signal SIGKILL"), "answer", english);
  assert.equal(ended.headline, "The engine stopped unexpectedly.");
  assert.deepEqual(ended.actions, ["retry", "show-log"]);
  const fault = describeFailure(new TypeError("x is undefined"), "answer", english);
  assert.equal(fault.headline, "Something went wrong.");
  assert.match(fault.message, /x is undefined/);
});

Deno.test("failureSentence() is the message of an expected failure, and headline and reason of another", () => {
  assert.equal(failureSentence(new Failure("context-full", "It is full."), english), "It is full.");
  assert.match(failureSentence(new EngineEnded("code 1"), english), /^The engine stopped unexpectedly\. It/);
});
