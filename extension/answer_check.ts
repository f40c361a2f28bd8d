import type { Turn } from "../protocol/conversation.ts";
import { Failure } from "../protocol/errors.ts";
import type { GenerateResult } from "../protocol/sidecar.ts";

/**
 * Makes sure that the model was given everything that was sent, but for what was left out as wanted.
 * @throws Failure "internal" when the sidecar has confirmed less
 */
export function checkSent(sent: readonly Turn[], { pictures, videos, leftOut }: GenerateResult): void {
  const parts = sent.flatMap((turn) => turn.role === "user" ? turn.content : []);
  const count = (kind: "picture" | "video") => parts.filter((part) => part.kind === kind).length;
  const leftOutCount = (kind: "picture" | "video") => leftOut.filter((part) => part.kind === kind).length;
  const lost = count("picture") + count("video") - leftOutCount("picture") - leftOutCount("video") -
    pictures.length - videos.length;
  if (lost <= 0) return;
  throw new Failure(
    "internal",
    `The engine gave the model ${lost} fewer pictures and recordings than were sent, so its answer is not shown ` +
      `as one. Ask again; if it happens again, add them anew.`,
  );
}
