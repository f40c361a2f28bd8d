// Gets answers from the sidecar, one at a time, in the order in which the questions were asked.

import type { AnswerNumbers, PanelFailure, TraceEnd } from "../protocol/panel.ts";
import type { GenerateProgress, GenerateResult } from "../protocol/sidecar.ts";
import { checkSent } from "./answer_check.ts";
import type { Attachment } from "./chat_turn.ts";
import type { Conversation } from "./conversation.ts";
import { requestTurns } from "./request_turns.ts";
import type { SendRequest } from "./sidecar.ts";
import { thinkingParams } from "./thinking_depth.ts";

/** What answering needs from outside. */
export interface AnswerParts {
  readonly conversation: Conversation;
  readonly request: SendRequest;
  /** Says of attachments that they are in use, and gives the hashes of pictures that are no longer there. */
  readonly useAttachments: (
    attachments: readonly Attachment[],
    signal: AbortSignal,
  ) => Promise<ReadonlySet<string>>;
  readonly describe: (error: unknown) => PanelFailure;
  readonly log: { info(line: string): void; error(line: string): void };
}

/** An answer in work. */
interface Running {
  readonly turnId: string;
  readonly controller: AbortController;
  /** Whether the person has had enough of the trace. */
  isSkipping: boolean;
}

/** The questions that wait for an answer. */
export class Answers {
  readonly #parts: AnswerParts;
  readonly #queue: string[] = [];
  #running: Running | null = null;

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

  /** Ends the trace of an answer in work, so that the answer itself begins. */
  async skipThinking(turnId: string): Promise<void> {
    if (this.#running?.turnId !== turnId) return;
    this.#running.isSkipping = true;
    await this.#parts.request("sightline/endTrace", {});
  }

  stopAll(): void {
    for (const turnId of [...this.#queue]) this.stop(turnId);
    if (this.#running !== null) this.stop(this.#running.turnId);
  }

  async #run(): Promise<void> {
    for (let turnId = this.#queue.shift(); turnId !== undefined; turnId = this.#queue.shift()) {
      this.#running = { turnId, controller: new AbortController(), isSkipping: false };
      await this.#answer(this.#running);
    }
    this.#running = null;
  }

  async #answer(running: Running): Promise<void> {
    const { conversation, log, describe } = this.#parts;
    const { turnId, controller: { signal } } = running;
    const startMs = performance.now();
    const spent = () => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
    try {
      const { result, numbers } = await this.#generate(running);
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

  async #generate(running: Running): Promise<{ result: GenerateResult; numbers: AnswerNumbers }> {
    const { conversation, request, useAttachments } = this.#parts;
    const { turnId, controller: { signal } } = running;
    const turns = conversation.path(turnId);
    const turn = turns.at(-1);
    if (turn === undefined) throw new RangeError(`there is no turn "${turnId}"`);
    const missing = await useAttachments(turns.flatMap(({ question }) => question.attachments), signal);
    signal.throwIfAborted();
    const before = { thinking: turn.thinkingTokenCount, answer: turn.answerTokenCount };
    const counts = { ...before };
    const countOn = (progress: GenerateProgress): GenerateProgress => {
      if (progress.kind !== "thinking" && progress.kind !== "answer") return progress;
      const tokenCount = before[progress.kind] + progress.tokenCount;
      counts[progress.kind] = tokenCount;
      return { ...progress, tokenCount };
    };
    const sent = requestTurns(turns, turnId, ({ sha256 }) => missing.has(sha256));
    const result = await request("sightline/generate", {
      conversation: sent,
      ...thinkingParams(turn),
      ocr: "auto",
      dropsOldPictures: turn.dropsOldPictures ?? false,
    }, {
      signal,
      onProgress: (progress) => conversation.progress(turnId, countOn(progress)),
    });
    checkSent(sent, result);
    const traceEnd = traceEndOf(result, running) ?? turn.traceEnd ?? null;
    return { result, numbers: { ...numbersOf(result, before, counts), traceEnd } };
  }
}

/** Tokens of an answer. */
interface Counts {
  thinking: number;
  answer: number;
}

/** Who ended the trace. */
function traceEndOf({ thinkingEnd }: GenerateResult, { isSkipping }: Running): TraceEnd | null {
  if (thinkingEnd !== "cut") return thinkingEnd;
  return isSkipping ? "person" : "budget";
}

/** @param before what the answer had when it was continued, which stands in the prompt then */
function numbersOf(
  result: GenerateResult,
  before: Counts,
  counts: Counts,
): Omit<AnswerNumbers, "traceEnd"> {
  const { model, stopReason, pictures, videos, timings } = result;
  const promptTokenCount = result.promptTokenIds.length - before.thinking - before.answer;
  return {
    modelName: model.name,
    isStandIn: model.isStandIn,
    stopReason,
    firstTokenMs: timings.firstTokenMs,
    tokensPerSecond: timings.decodeTokensPerSecond,
    promptTokenCount,
    pictureTokenCount: [...pictures, ...videos].reduce((sum, { tokenCount }) => sum + tokenCount, 0),
    thinkingTokenCount: counts.thinking,
    answerTokenCount: counts.answer,
    context: { tokenCount: promptTokenCount + counts.answer, contextLength: model.contextLength },
  };
}

/** Counts and durations for the log; nothing of what was asked or answered. */
function describeResult(
  { pictures, videos, timings, stopReason, tokenIds }: GenerateResult,
  numbers: AnswerNumbers,
): string {
  const ms = (duration: number) => `${duration.toFixed(0)} ms`;
  return [
    numbers.modelName,
    `${numbers.promptTokenCount} prompt tokens`,
    `${pictures.length} pictures`,
    ...(videos.length > 0 ? [`${videos.length} recordings`] : []),
    `text ${ms(timings.readTextMs)}`,
    `vision ${ms(timings.visionMs)}`,
    `prefill ${ms(timings.prefillMs)}`,
    `first token ${ms(timings.firstTokenMs)}`,
    `${tokenIds.length} tokens at ${timings.decodeTokensPerSecond.toFixed(1)}/s`,
    stopReason,
  ].join(", ");
}
