// The video reader: a process that reads one file, puts frames of it into the picture store, and ends. Started by
// host/video_reader.ts with permissions of its own. What it says is in protocol/video_reader.ts.

import process from "node:process";
import { Failure, type FailureData } from "../../protocol/errors.ts";
import type { ReaderMessage, ReadRequest } from "../../protocol/video_reader.ts";
import { FrameWriter } from "./frame_writer.ts";
import { readVideo } from "./read_video.ts";

/** Also keeps the program alive while only a decoder works. */
const ALIVE_MS = 1000;

const encoder = new TextEncoder();

function tell(message: ReaderMessage): void {
  let bytes = encoder.encode(`${JSON.stringify(message)}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}

/** Ends the process when its host does, which closes the pipe however it ends. */
async function endWithHost(): Promise<void> {
  await Deno.stdin.readable.pipeTo(new WritableStream());
  process.exit(1);
}

function toFailed(error: unknown): ReaderMessage {
  if (!(error instanceof Failure)) {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    return { kind: "failed", failure: { kind: "internal" }, message: `The video reader failed: ${text}` };
  }
  const failure: FailureData = error.subject === undefined
    ? { kind: error.kind }
    : { kind: error.kind, subject: error.subject };
  return { kind: "failed", failure, message: error.message };
}

void endWithHost();
setInterval(() => tell({ kind: "alive" }), ALIVE_MS);
try {
  const request = JSON.parse(Deno.args[0] ?? "") as ReadRequest;
  const writer = new FrameWriter(request.folder);
  tell({
    kind: "done",
    video: await readVideo(request, writer, (progress) => tell({ kind: "progress", progress })),
  });
} catch (error) {
  tell(toFailed(error));
}
process.exit();
