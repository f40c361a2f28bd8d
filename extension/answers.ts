// Gets answers from the sidecar, one at a time, in the order in which the questions were asked.

import type { PictureRef } from "../protocol/conversation.ts";
import type { AnswerNumbers, PanelFailure } from "../protocol/panel.ts";
import type { GenerateProgress, GenerateResult } from "../protocol/sidecar.ts";
import type { Conversation } from "./conversation.ts";
import { requestTurns } from "./request_turns.ts";
import type { SendRequest } from "./sidecar.ts";

/** What answering needs from outside. */
export interface AnswerParts {
  readonly conversation: Conversation;
  readonly request: SendRequest;
  /** Says of pictures that they are in use, and gives back those that are no longer there. */
  readonly usePictures: (pictures: readonly PictureRef[]) => Promise<ReadonlySet<string>>;
  readonly describe: (error: unknown) => PanelFailure;
  readonly log: { info(line: string): void; error(line: string): void };
}

/** The questions that wait for an answer. */
export class Answers {
  readonly #parts: AnswerParts;
  readonly #queue: string[] = [];
  #running: { readonly turnId: string; readonly controller: AbortController } | null = null;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /** Gets the answer of a turn, after those that were asked before. */
  add(turnId: string): void {
    this.#queue.push(turnId);
    if (this.#running === null) void this.#run();
  }

  /** Stops an answer, or keeps it from starting. It is shown as stopped at once. */
  stop(turnId: string): void {
    this.#parts.conversation.stop(turnId);
    const place = this.#queue.indexOf(turnId);
    if (place >= 0) this.#queue.splice(place, 1);
    if (this.#running?.turnId === turnId) this.#running.controller.abort();
  }

  stopAll(): void {
    for (const turnId of [...this.#queue]) this.stop(turnId);
    if (this.#running !== null) this.stop(this.#running.turnId);
  }

  async #run(): Promise<void> {
    for (let turnId = this.#queue.shift(); turnId !== undefined; turnId = this.#queue.shift()) {
      const controller = new AbortController();
      this.#running = { turnId, controller };
      await this.#answer(turnId, controller.signal);
    }
    this.#running = null;
  }

  async #answer(turnId: string, signal: AbortSignal): Promise<void> {
    const { conversation, log, describe } = this.#parts;
    const startMs = performance.now();
    const spent = () => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
    try {
      const { result, numbers } = await this.#generate(turnId, signal);
      conversation.finish(turnId, numbers);
      log.info(`answer: ${describeResult(result, numbers)}, ${spent()}`);
    } catch (error) {
      if (signal.aborted) {
        log.info(`answer: stopped after ${spent()}`);
        return;
      }
      const failure = describe(error);
      conversation.fail(turnId, failure);
      log.error(`answer: failed after ${spent()} (${failure.kind})`);
    }
  }

  async #generate(
    turnId: string,
    signal: AbortSignal,
  ): Promise<{ result: GenerateResult; numbers: AnswerNumbers }> {
    const { conversation, request, usePictures } = this.#parts;
    const { turns } = conversation.record;
    const turn = conversation.turn(turnId);
    const missing = await usePictures(
      turns.flatMap(({ question }) => question.pictures).map(({ picture }) => picture),
    );
    signal.throwIfAborted();
    const counts = { thinking: 0, answer: 0 };
    const result = await request("sightline/generate", {
      conversation: requestTurns(turns, turnId, ({ sha256 }) => missing.has(sha256)),
      thinking: turn?.isThinking ?? false,
      ocr: "auto",
      dropsOldPictures: turn?.dropsOldPictures ?? false,
    }, {
      signal,
      onProgress: (progress) => {
        count(progress, counts);
        conversation.progress(turnId, progress);
      },
    });
    return { result, numbers: numbersOf(result, counts) };
  }
}

function count(progress: GenerateProgress, counts: { thinking: number; answer: number }): void {
  if (progress.kind === "thinking" || progress.kind === "answer") counts[progress.kind] = progress.tokenCount;
}

function numbersOf(result: GenerateResult, counts: { thinking: number; answer: number }): AnswerNumbers {
  const { model, stopReason, promptTokenIds, pictures, timings } = result;
  return {
    modelName: model.name,
    isStandIn: model.isStandIn,
    stopReason,
    firstTokenMs: timings.firstTokenMs,
    tokensPerSecond: timings.decodeTokensPerSecond,
    promptTokenCount: promptTokenIds.length,
    pictureTokenCount: pictures.reduce((sum, { tokenCount }) => sum + tokenCount, 0),
    thinkingTokenCount: counts.thinking,
    answerTokenCount: counts.answer,
  };
}

/** Counts and durations for the log; nothing of what was asked or answered. */
function describeResult(
  { pictures, timings, stopReason, tokenIds }: GenerateResult,
  numbers: AnswerNumbers,
): string {
  const ms = (duration: number) => `${duration.toFixed(0)} ms`;
  return [
    numbers.modelName,
    `${numbers.promptTokenCount} prompt tokens`,
    `${pictures.length} pictures`,
    `text ${ms(timings.readTextMs)}`,
    `vision ${ms(timings.visionMs)}`,
    `prefill ${ms(timings.prefillMs)}`,
    `first token ${ms(timings.firstTokenMs)}`,
    `${tokenIds.length} tokens at ${timings.decodeTokensPerSecond.toFixed(1)}/s`,
    stopReason,
  ].join(", ");
}
