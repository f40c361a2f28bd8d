// Reads video files by way of a process of its own for each. Decoders are written for speed, and a damaged file can make
// one corrupt its memory: what crashes then is that process alone, and a crash is a failure like any other.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { access, constants, mkdir, realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { Video } from "../protocol/conversation.ts";
import { Failure, videoFailure } from "../protocol/errors.ts";
import type { ReaderMessage, ReadProgress, ReadRequest, VideoSampling } from "../protocol/video_reader.ts";
import { displayName } from "./display_name.ts";
import type { Layout } from "./layout.ts";
import { sidecarEnvironment } from "./permissions.ts";
import type { PictureStore } from "./picture_store.ts";
import { videoReaderArguments } from "./video_reader_arguments.ts";

/** Where a reader is started, and where its frames go. */
export interface ReaderPlace {
  readonly layout: Layout;
  readonly storageFolder: string;
  readonly store: PictureStore;
}

/** What to take of a video. */
export interface ReadOptions {
  readonly sampling: VideoSampling;
  /** From the sidecar's reply to "sightline/videoLimits". */
  readonly maxGroups: number;
  /** Name to show to people; left out, the file's. */
  readonly name?: string;
}

/** How reading is followed and stopped. */
export interface ReadWatch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Called with the process's id. */
  readonly onStart?: (pid: number) => void;
  /** Longest time without a sign of life; left out, 20 seconds. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 20_000;

const MAX_STDERR_CHARACTERS = 4000;
/** Exit code of a script that could not be run; crashes have others. */
const SCRIPT_FAILED = 1;

/**
 * Takes frames of a video file into the picture store. Reading it again after a failure does no harm.
 * @throws Failure "video-…", "storage-failed" or "runtime-missing"; the signal's reason when it aborts
 */
export async function readVideo(
  { layout, storageFolder, store }: ReaderPlace,
  path: string,
  options: ReadOptions,
  watch: ReadWatch = {},
): Promise<Video> {
  const name = displayName(options.name ?? basename(path));
  const file = await checkFile(path, name);
  const { folder } = store;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const reason = codeOf(cause);
    throw new Failure(
      "storage-failed",
      `Cannot use the folder "${folder}" for frames (${reason}). Choose another one.`,
      {
        subject: folder,
        cause,
      },
    );
  });
  watch.signal?.throwIfAborted();
  const request: ReadRequest = { ...options, path: file, name, folder };
  const reader = spawn(layout.deno, [
    ...videoReaderArguments(layout, { file, folder }),
    JSON.stringify(request),
  ], {
    env: sidecarEnvironment(storageFolder),
  });
  return await follow(reader, name, watch);
}

/** Waits for the reader's last word; it is ended as soon as it has nothing more to say, or the signal aborts. */
async function follow(
  reader: ChildProcessWithoutNullStreams,
  name: string,
  { signal, onProgress, onStart, patienceMs = PATIENCE_MS }: ReadWatch,
): Promise<Video> {
  const ended = new Promise<Ending>((resolve) => {
    reader.once("error", (error) => resolve({ error, code: null, signal: null }));
    reader.once("exit", (code, signal) => resolve({ error: null, code, signal }));
  });
  reader.stdin.on("error", () => {}); // The process has ended; `ended` says so.
  let stderr = "";
  reader.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_CHARACTERS);
  });
  const kill = () => reader.kill("SIGKILL");
  signal?.addEventListener("abort", kill);
  let isStuck = false;
  const timer = setTimeout(() => {
    isStuck = true;
    kill();
  }, patienceMs);
  try {
    if (reader.pid !== undefined) onStart?.(reader.pid);
    for await (const line of createInterface({ input: reader.stdout })) {
      timer.refresh();
      const message = readMessage(line);
      if (message?.kind === "progress") onProgress?.(message.progress);
      else if (message?.kind === "done") return message.video;
      else if (message?.kind === "failed") throw toFailure(message);
    }
    const ending = await ended;
    throw isStuck ? stopped(name, "it got stuck") : toCrash(ending, name, stderr);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", kill);
    clearTimeout(timer);
    kill();
    await ended;
  }
}

interface Ending {
  readonly error: Error | null;
  readonly code: number | null;
  readonly signal: string | null;
}

/** A line that the process printed; null for one that it was cut off in, or that a library printed. */
function readMessage(line: string): ReaderMessage | null {
  try {
    return JSON.parse(line) as ReaderMessage;
  } catch {
    return null;
  }
}

function toFailure({ failure: { kind, subject }, message }: ReaderMessage & { kind: "failed" }): Failure {
  return new Failure(kind, message, subject === undefined ? {} : { subject });
}

function toCrash({ error, code, signal }: Ending, name: string, stderr: string): Failure {
  if (error !== null) {
    return new Failure(
      "runtime-missing",
      `The video reader could not be started: ${error.message}. ` +
        `Install the extension again, or run "npm ci" in a checkout.`,
      { cause: error },
    );
  }
  if (signal === null && (code ?? 0) <= SCRIPT_FAILED) {
    return new Failure("internal", `The video reader has ended (code ${code}). ${stderr}`.trim());
  }
  return stopped(name, signal ?? `code ${code}`);
}

function stopped(name: string, how: string): Failure {
  return videoFailure(
    "video-damaged",
    name,
    `the decoder stopped in the middle of it (${how}), as damaged files can make it do. Nothing else was affected. ` +
      `Try again, or save the video anew with another program, best as an MP4 with H.264`,
  );
}

/** The file's path without links, if it can be read. */
async function checkFile(path: string, name: string): Promise<string> {
  try {
    const real = await realpath(path);
    // Opening a pipe would wait for a writer.
    if (!(await stat(real)).isFile()) {
      throw videoFailure("video-unreadable", name, "it is a folder, a device or a pipe, not a file");
    }
    await access(real, constants.R_OK);
    return real;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw videoFailure("video-missing", name, "there is no such file", cause);
    }
    const isForbidden = code === "EACCES" || code === "EPERM";
    const reason = isForbidden
      ? "you have no permission to read the file"
      : `the file cannot be read (${code})`;
    throw videoFailure("video-unreadable", name, reason, cause);
  }
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}
