// Reads the recordings of the next question: each is copied into the store, its frames are taken, and the sidecar
// confirms them. What a person changes or takes off meanwhile stops the reading. Knows neither the editor nor how
// videos are decoded.

import { type CopyWatch, recordingFileName, type RecordingRef } from "../host/recording_store.ts";
import type { ReadOptions, ReadWatch } from "../host/video_reader.ts";
import type { PictureRef, Video } from "../protocol/conversation.ts";
import { videoFailure } from "../protocol/errors.ts";
import type { PanelFailure } from "../protocol/panel.ts";
import type { VideoSampling } from "../protocol/video_reader.ts";
import type { RecordingAttachment } from "./chat_turn.ts";
import type { Conversation } from "./conversation.ts";
import type { SendRequest } from "./sidecar.ts";

/** Changes of the sampling within this time are read once. */
const CALM_MS = 400;

/** Takes frames of a file of the store, named by its file name there. */
export type ReadStored = (fileName: string, options: ReadOptions, watch: ReadWatch) => Promise<Video>;

/** A recording that can be had. */
export interface RecordingSource {
  readonly kind: "recording";
  readonly name: string;
  /** Address of the file it is in; null when it is in none. */
  readonly origin: string | null;
  /** Puts it into the store. @throws Failure naming it and the reason */
  readonly store: (watch: CopyWatch) => Promise<RecordingRef>;
}

/** What reading recordings needs from outside. */
export interface RecordingParts {
  readonly conversation: Conversation;
  readonly request: SendRequest;
  readonly readStored: ReadStored;
  /** Notes that pictures and recordings are in use, and gives the hashes of those that are gone. */
  readonly touch: (stored: readonly (PictureRef | RecordingRef)[]) => Promise<ReadonlySet<string>>;
  readonly describe: (error: unknown) => PanelFailure;
  readonly log: { info(line: string): void; error(line: string): void };
  /** Waits; is over at once when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A reading in work. */
interface Reading {
  readonly stopping: AbortController;
  /** Whether the recording is ready; settles early when the reading is stopped. */
  readonly ended: Promise<boolean>;
}

/** The readings of recordings. */
export class Recordings {
  readonly #parts: RecordingParts;
  readonly #readings = new Map<string, Reading>();
  /** By recording: what the frames that are shown were chosen by, while others are read. */
  readonly #shownSampling = new Map<string, VideoSampling>();

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** Attaches a recording and begins to read it. @returns its id */
  begin({ name, origin, store }: RecordingSource): string {
    const id = this.#parts.conversation.attachRecording(name, origin);
    this.#start(id, (signal) => this.#take(id, store, signal));
    return id;
  }

  /** Reads a recording in the place of an attachment. */
  beginInPlace(attachmentId: string, { name, origin, store }: RecordingSource): void {
    const id = this.#parts.conversation.replace(attachmentId, { name, origin });
    if (id !== undefined) this.#start(id, (signal) => this.#take(id, store, signal));
  }

  /** Reads other frames of a recording; frames that were read before stay until then. */
  change(id: string, sampling: VideoSampling): void {
    const { conversation, wait } = this.#parts;
    const before = conversation.attachment(id);
    if (before?.kind !== "recording" || before.file === null) return;
    const { file } = before;
    this.#shownSampling.set(id, this.#shownSampling.get(id) ?? before.sampling);
    conversation.changeRecording(id, { sampling, progress: { stage: "looking", share: null } });
    this.#start(id, async (signal) => {
      await wait(CALM_MS, signal);
      signal.throwIfAborted();
      await this.#read(id, file, sampling, signal);
    });
  }

  /** Goes on with the readings that an earlier window was at. */
  resume(): void {
    for (const attachment of this.#parts.conversation.record.attachments) {
      if (attachment.kind !== "recording" || attachment.progress === null) continue;
      const { id, name, file, sampling } = attachment;
      if (this.#readings.has(id)) continue; // It was attached in this window.
      this.#start(id, async (signal) => {
        if (file === null) {
          throw videoFailure(
            "video-missing",
            name,
            "the window was closed before it was copied. Add it again",
          );
        }
        await this.#read(id, file, sampling, signal);
      });
    }
  }

  /** Whether a recording is ready, as soon as nothing is in work on it. */
  async isReady(id: string): Promise<boolean> {
    for (;;) {
      const reading = this.#readings.get(id);
      if (reading === undefined) return (this.#parts.conversation.attachment(id)?.receipt ?? null) !== null;
      await reading.ended;
    }
  }

  /** Waits for all readings. @returns whether all of the recordings that are still wanted are ready */
  async settled(): Promise<boolean> {
    const isReady: boolean[] = [];
    while (this.#readings.size > 0) {
      isReady.push(...await Promise.all([...this.#readings.values()].map(({ ended }) => ended)));
    }
    return isReady.every(Boolean);
  }

  /** Stops readings of what is no longer attached. */
  stopUnwanted(): void {
    const wanted = new Set(this.#parts.conversation.record.attachments.map(({ id }) => id));
    for (const [id, { stopping }] of this.#readings) if (!wanted.has(id)) stopping.abort();
  }

  /** Stops all readings; what is kept of them goes on when the conversation is opened again. */
  stopAll(): void {
    for (const { stopping } of this.#readings.values()) stopping.abort();
  }

  /**
   * Notes that recordings are in use, and takes frames anew that are gone while their file is there.
   * @returns the hashes of frames that stay gone
   */
  async use(recordings: readonly RecordingAttachment[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const missing = new Set<string>();
    for (const recording of recordings) {
      const lost = await this.#touchFrames(recording);
      const isBack = lost.size === 0 || await this.#readAgain(recording, signal);
      for (const sha256 of isBack ? [] : lost) missing.add(sha256);
    }
    return missing;
  }

  async #touchFrames({ video, file }: RecordingAttachment): Promise<ReadonlySet<string>> {
    const { touch } = this.#parts;
    if (file !== null) await touch([file]);
    return await touch(video?.frames.map(({ picture }) => picture) ?? []);
  }

  /** Whether the frames of a recording are there again. */
  async #readAgain(recording: RecordingAttachment, signal: AbortSignal): Promise<boolean> {
    const { touch, log } = this.#parts;
    const { file, sampling, name } = recording;
    if (file === null || (await touch([file])).has(file.sha256)) return false;
    try {
      await this.#readFrames(file, { sampling, name }, { signal });
      return (await this.#touchFrames(recording)).size === 0;
    } catch (error) {
      signal.throwIfAborted();
      log.error(`recording: could not be read again, ${String(error)}`);
      return false;
    }
  }

  /** Begins to work on a recording, in place of what was in work on it. */
  #start(id: string, work: (signal: AbortSignal) => Promise<void>): void {
    this.#readings.get(id)?.stopping.abort();
    const stopping = new AbortController();
    const { signal } = stopping;
    const ended = work(signal).then(() => true, (error: unknown) => {
      // Whoever stops it has a reason that needs no telling.
      if (signal.aborted) return true;
      this.#fail(id, error);
      return false;
    }).finally(() => {
      if (this.#readings.get(id) !== reading) return;
      this.#readings.delete(id);
      this.#shownSampling.delete(id);
    });
    const reading: Reading = { stopping, ended };
    this.#readings.set(id, reading);
  }

  async #take(id: string, store: RecordingSource["store"], signal: AbortSignal): Promise<void> {
    const { conversation, touch } = this.#parts;
    const onProgress = (share: number) => conversation.readingProgress(id, { stage: "copying", share });
    const file = await store({ signal, onProgress });
    signal.throwIfAborted();
    await touch([file]);
    conversation.changeRecording(id, { file, progress: { stage: "looking", share: null } });
    await this.#read(id, file, {}, signal);
  }

  /** Reads the frames that are wanted and has them confirmed. */
  async #read(id: string, file: RecordingRef, sampling: VideoSampling, signal: AbortSignal): Promise<void> {
    const { conversation, request, touch, log } = this.#parts;
    const startMs = performance.now();
    const name = (conversation.attachment(id) as RecordingAttachment | undefined)?.name ?? file.name;
    const video = await this.#readFrames(file, { sampling, name }, {
      signal,
      onProgress: ({ stage, done, total }) =>
        conversation.readingProgress(id, { stage, share: total === 0 ? null : Math.min(done / total, 1) }),
    });
    await touch(video.frames.map(({ picture }) => picture));
    const receipt = await request("sightline/inspectVideo", { video }, { signal });
    signal.throwIfAborted();
    conversation.changeRecording(id, { video, receipt, progress: null });
    const spentS = ((performance.now() - startMs) / 1000).toFixed(1);
    log.info(`recording: ${video.frames.length} frames, ${receipt.tokenCount} tokens, read in ${spentS} s`);
  }

  async #readFrames(
    file: RecordingRef,
    options: Pick<ReadOptions, "sampling"> & { readonly name: string },
    watch: ReadWatch & { readonly signal: AbortSignal },
  ): Promise<Video> {
    const { request, readStored } = this.#parts;
    const { maxGroups } = await request("sightline/videoLimits", {}, { signal: watch.signal });
    return await readStored(recordingFileName(file), { ...options, maxGroups }, watch);
  }

  /** Says why; a recording of which frames are there keeps those. */
  #fail(id: string, error: unknown): void {
    const { conversation, describe, log } = this.#parts;
    const failure = describe(error);
    const recording = conversation.attachment(id);
    if (recording?.kind === "recording" && recording.receipt !== null) {
      const sampling = this.#shownSampling.get(id) ?? recording.sampling;
      conversation.changeRecording(id, { sampling, progress: null });
    } else conversation.detach(id);
    conversation.refuse(failure);
    log.error(`recording: refused (${failure.kind})`);
  }
}
