// Takes pictures in for the next question: each is stored, shown, and then confirmed by the sidecar or refused.

import type { PictureRef } from "../protocol/conversation.ts";
import type { PanelFailure } from "../protocol/panel.ts";
import type { Conversation } from "./conversation.ts";
import type { SendRequest } from "./sidecar.ts";

/** What taking pictures in needs from outside. */
export interface AttachmentParts {
  readonly conversation: Conversation;
  readonly request: SendRequest;
  readonly describe: (error: unknown) => PanelFailure;
  readonly log: { info(line: string): void; error(line: string): void };
}

/** A picture that can be had. */
export interface PictureSource {
  /** Puts it into the store. @throws Failure naming it and the reason */
  readonly store: () => Promise<PictureRef>;
  /** Address of the file it is in; null when it is in none. */
  readonly origin: string | null;
}

/** Pictures on their way to the next question. */
export class Attachments {
  readonly #parts: AttachmentParts;
  /** Settles when the latest picture is stored; the next waits for it, so that they keep their order. */
  #storing: Promise<unknown> = Promise.resolve();

  constructor(parts: AttachmentParts) {
    this.#parts = parts;
  }

  /**
   * Attaches a picture.
   * @returns its id once the sidecar has confirmed it, or null when it was refused, which the panel shows
   */
  async add(source: PictureSource): Promise<string | null> {
    const storing = this.#storing.then(() => this.#store(source));
    this.#storing = storing;
    const id = await storing;
    return id !== null && await this.#confirm(id) ? id : null;
  }

  /**
   * Puts a picture in the place of one that waits for the next question, once the sidecar can use it. Else everything
   * stays as it is, and the page is told why.
   * @returns whether it was put there
   */
  async replace(id: string, store: PictureSource["store"]): Promise<boolean> {
    const replacing = this.#storing.then(() => this.#replace(id, store));
    this.#storing = replacing;
    return await replacing;
  }

  /** Settles when every picture given so far is attached or refused, so that no question is asked without it. */
  async stored(): Promise<void> {
    await this.#storing;
  }

  async #store({ store, origin }: PictureSource): Promise<string | null> {
    try {
      return this.#parts.conversation.attach(await store(), origin);
    } catch (error) {
      this.#refuse(error);
      return null;
    }
  }

  async #replace(id: string, store: PictureSource["store"]): Promise<boolean> {
    const { conversation, request, describe, log } = this.#parts;
    try {
      const picture = await store();
      const receipt = await request("sightline/inspectPicture", { picture });
      conversation.replace(id, picture);
      conversation.confirm(receipt);
      return true;
    } catch (error) {
      const failure = describe(error);
      conversation.refuseReplacing(id, failure);
      log.error(`picture: not replaced (${failure.kind})`);
      return false;
    }
  }

  async #confirm(id: string): Promise<boolean> {
    const { conversation, request } = this.#parts;
    const picture = conversation.attachment(id)?.picture;
    if (picture === undefined) return false;
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
    conversation.refuse(failure);
    log.error(`picture: refused (${failure.kind})`);
  }
}
