// Takes pictures and recordings in for the next question: each is stored, shown, and then confirmed by the sidecar or
// refused.

import type { PictureRef } from "../protocol/conversation.ts";
import type { PanelFailure } from "../protocol/panel.ts";
import type { Conversation } from "./conversation.ts";
import type { Recordings, RecordingSource } from "./recordings.ts";
import type { SendRequest } from "./sidecar.ts";

/** What taking pictures in needs from outside. */
export interface AttachmentParts {
  readonly conversation: Conversation;
  readonly recordings: Recordings;
  readonly request: SendRequest;
  readonly describe: (error: unknown) => PanelFailure;
  readonly log: { info(line: string): void; error(line: string): void };
}

/** A picture or a recording that can be had. */
export interface AttachmentSource {
  /** Puts a picture into the store; of a recording it only says that it is one. @throws Failure naming it and the reason */
  readonly store: () => Promise<PictureRef | RecordingSource>;
  /** Address of the file it is in; null when it is in none. */
  readonly origin: string | null;
}

/** Attachments on their way to the next question. */
export class Attachments {
  readonly #parts: AttachmentParts;
  /** Settles when the latest one is shown; the next waits for it, so that they keep their order. */
  #storing: Promise<unknown> = Promise.resolve();
  #refusedCount = 0;

  constructor(parts: AttachmentParts) {
    this.#parts = parts;
  }

  /**
   * Attaches a picture or a recording.
   * @returns its id once the sidecar has confirmed it, or null when it was refused, which the panel shows
   */
  async add(source: AttachmentSource): Promise<string | null> {
    const storing = this.#storing.then(() => this.#store(source));
    this.#storing = storing;
    const id = await storing;
    return id !== null && await this.#confirm(id) ? id : null;
  }

  /** Attaches a picture in the place of another attachment. */
  async addInPlace(replacedId: string, { store, origin }: AttachmentSource): Promise<void> {
    const { conversation } = this.#parts;
    try {
      const stored = await store();
      if ("kind" in stored) return;
      const id = conversation.replace(replacedId, { picture: stored, origin });
      if (id !== undefined) await this.#confirm(id);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /**
   * Settles when everything given so far is attached and can be sent, or is refused, so that no question is asked
   * without it.
   * @returns whether nothing was refused
   */
  async stored(): Promise<boolean> {
    const before = this.#refusedCount;
    await this.#storing;
    return await this.#parts.recordings.settled() && this.#refusedCount === before;
  }

  async #store({ store, origin }: AttachmentSource): Promise<string | null> {
    const { conversation, recordings } = this.#parts;
    try {
      const stored = await store();
      return "kind" in stored ? recordings.begin(stored) : conversation.attach(stored, origin);
    } catch (error) {
      this.#refuse(error);
      return null;
    }
  }

  async #confirm(id: string): Promise<boolean> {
    const { conversation, recordings, request } = this.#parts;
    const attachment = conversation.attachment(id);
    if (attachment?.kind !== "picture") return await recordings.isReady(id);
    const { picture } = attachment;
    try {
      conversation.confirm(await request("sightline/inspectPicture", { picture }));
      return true;
    } catch (error) {
      // One that was asked about meanwhile fails its question, with the same reason.
      if (conversation.record.attachments.some((attachment) => attachment.id === id)) {
        conversation.detach(id);
        this.#refuse(error);
      }
      return false;
    }
  }

  #refuse(error: unknown): void {
    const { conversation, describe, log } = this.#parts;
    const failure = describe(error);
    this.#refusedCount++;
    conversation.refuse(failure);
    log.error(`picture: refused (${failure.kind})`);
  }
}
