// Has the sidecar look at attached pictures while the question is still being written, so that the answer begins
// almost at once. Whatever becomes of it, nobody waits for it and nothing depends on it.

import type { PictureRef } from "../protocol/conversation.ts";
import { isConfirmed } from "./chat_turn.ts";
import type { Conversation, ConversationEvent } from "./conversation.ts";
import { draftTurns } from "./request_turns.ts";
import type { SendRequest } from "./sidecar.ts";

/** What happens to a conversation, and whether a person has it in view with nothing else in work. */
export type Change = ConversationEvent["kind"] | "watched" | "unwatched";

/** Changes after which what is being prepared is no longer what will be asked. */
const STOPS: readonly Change[] = [
  "attached",
  "attachment-replaced",
  "recording-changed",
  "detached",
  "asked",
  "continued",
  "turns",
  "unwatched",
];
/** Changes after which there may be something to prepare. */
const STARTS: readonly Change[] = [
  "attachment-confirmed",
  "recording-changed",
  "detached",
  "done",
  "failed",
  "stopped",
  "turns",
  "watched",
];

/** What preparing needs from outside. */
export interface PreparationParts {
  readonly conversation: Conversation;
  readonly request: SendRequest;
  readonly log: { info(line: string): void };
  /** Whether a picture can no longer be sent. */
  readonly isMissing: (picture: PictureRef) => boolean;
  readonly isWanted: () => boolean;
}

/** Prepares at most one question ahead. */
export class Preparation {
  readonly #parts: PreparationParts;
  #running: AbortController | null = null;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
  }

  /** Takes note of a change of the conversation. */
  changed(kind: Change): void {
    if (STOPS.includes(kind)) this.#cancel();
    // Later, since one act may cause several events.
    if (STARTS.includes(kind)) queueMicrotask(() => this.#start());
  }

  /** What was computed until now stays of use. */
  #cancel(): void {
    this.#running?.abort();
    this.#running = null;
    this.#parts.conversation.setNeed(null);
  }

  #start(): void {
    const { conversation, isMissing, isWanted } = this.#parts;
    const { attachments } = conversation.record;
    const isReady = attachments.length > 0 && attachments.every(isConfirmed) &&
      !conversation.isBusy;
    if (!isReady || !isWanted()) return;
    this.#cancel();
    const controller = new AbortController();
    this.#running = controller;
    void this.#prepare(draftTurns(conversation.path(), attachments, isMissing), controller.signal);
  }

  async #prepare(turns: ReturnType<typeof draftTurns>, signal: AbortSignal): Promise<void> {
    const { conversation, request, log } = this.#parts;
    const startMs = performance.now();
    const spent = () => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
    try {
      // Thinking changes only the prompt's last tokens.
      const params = { conversation: turns, thinking: false, ocr: "auto", dropsOldPictures: true } as const;
      const { tokenCount, contextLength } = await request("sightline/prepare", params, { signal });
      signal.throwIfAborted();
      conversation.setNeed({ tokenCount, contextLength });
      log.info(`prepared: ${tokenCount} tokens, ${spent()}`);
    } catch (error) {
      // The question itself will meet the same failure, and say so.
      log.info(`prepared: ${signal.aborted ? "stopped" : `failed, ${String(error)}`} after ${spent()}`);
    }
  }
}
