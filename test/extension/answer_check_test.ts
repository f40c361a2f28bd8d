import assert from "node:assert/strict";
import { checkSent } from "../../extension/answer_check.ts";
import type { LeftOut, Turn } from "../../protocol/conversation.ts";
import type { GenerateResult } from "../../protocol/sidecar.ts";
import { picture, receipt } from "./support/pictures.ts";
import { video, videoReceipt } from "./support/recordings.ts";

const SENT: readonly Turn[] = [{
  role: "user",
  content: [
    { kind: "picture", picture: picture("a") },
    { kind: "video", video: video("r.webm", "12") },
    { kind: "text", text: "?" },
  ],
}];
const LEFT_OUT: LeftOut = { kind: "video", name: "r.webm", tokenCount: 128 };

/** The part of a result that is looked at. */
const result = (part: Partial<GenerateResult>) => part as GenerateResult;

Deno.test("checkSent() wants a receipt for everything that was sent and not left out as wanted", () => {
  const pictures = [receipt(picture("a"))];
  const videos = [videoReceipt(video("r.webm", "12"))];
  checkSent(SENT, result({ pictures, videos, leftOut: [] }));
  checkSent(SENT, result({ pictures, videos: [], leftOut: [LEFT_OUT] }));
  assert.throws(() => checkSent(SENT, result({ pictures, videos: [], leftOut: [] })), /1 fewer/);
  assert.throws(() => checkSent(SENT, result({ pictures: [], videos: [], leftOut: [] })), /2 fewer/);
});
