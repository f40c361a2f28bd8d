// The sidecar's life: started on first need, started again after a crash, given up when it keeps crashing. Knows
// neither the editor nor the wire.

import type { ModelRecord } from "../protocol/conversation.ts";
import type { EngineState } from "../protocol/panel.ts";
import type { SidecarRecord } from "../protocol/sidecar.ts";
import { orAborted } from "./abort.ts";
import { BackOff } from "./back_off.ts";
import { EngineEnded } from "./error_messages.ts";
import { describeExit, type LaunchSidecar, type SendRequest, type Sidecar } from "./sidecar.ts";

/** What an engine needs from outside. */
export interface EngineParts {
  readonly launch: LaunchSidecar;
  readonly log: { info(line: string): void; error(line: string): void };
  readonly onChange: () => void;
  /** It crashed too often. Nobody may be waiting for an answer, so nobody else would tell. */
  readonly onGivenUp: () => void;
  /** Waits; is over at once when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** One run of starting and being ready, until it is stopped or given up. */
interface Life {
  readonly sidecar: Promise<Sidecar>;
  readonly ending: AbortController;
}

/** The engine. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #backOff = new BackOff();
  #life: Life | null = null;
  #state: EngineState = "stopped";
  #requestCount = 0;
  #isOutdated = false;
  #record: SidecarRecord | null = null;
  #model: ModelRecord | null = null;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  get state(): EngineState {
    return this.#state === "ready" && this.#requestCount > 0 ? "busy" : this.#state;
  }

  /** What the running sidecar says of itself; null while none is ready. */
  get record(): SidecarRecord | null {
    return this.#record;
  }

  /** The model that gave the latest answer; null before the first. */
  get model(): ModelRecord | null {
    return this.#model;
  }

  /** Sends a request, starting the sidecar when none runs. */
  readonly request: SendRequest = async (method, params, watch = {}) => {
    watch.signal?.throwIfAborted();
    if (this.#isOutdated && this.#requestCount === 0) await this.stop();
    this.#life ??= this.#begin(0);
    const sidecar = await orAborted(this.#life.sidecar, watch.signal);
    this.#count(1);
    try {
      const result = await sidecar.request(method, params, watch);
      if (result !== null && "model" in result) this.#model = result.model;
      return result;
    } finally {
      this.#count(-1);
    }
  };

  /** Starts the sidecar anew because a person wants it. @throws what starting throws */
  async restart(): Promise<void> {
    this.#backOff.reset();
    await this.stop();
    this.#life = this.#begin(0);
    await this.#life.sidecar;
  }

  /** Says that the settings the sidecar was started with have changed: the next request starts it anew. */
  outdate(): void {
    this.#isOutdated = this.#life !== null;
    this.#model = null;
    this.#parts.onChange();
  }

  /** Ends the sidecar. The next request starts it again. */
  async stop(): Promise<void> {
    const life = this.#life;
    this.#life = null;
    life?.ending.abort(new EngineEnded("it was stopped"));
    const sidecar = await life?.sidecar.catch(() => undefined); // Why it did not start was told.
    await sidecar?.stop();
    if (this.#life === null) this.#enter("stopped");
  }

  #begin(delayMs: number): Life {
    const ending = new AbortController();
    this.#isOutdated = false;
    this.#enter("starting");
    const sidecar = this.#start(delayMs, ending.signal);
    sidecar.catch((error: unknown) => {
      if (!ending.signal.aborted) this.#giveUp(error);
    });
    return { sidecar, ending };
  }

  async #start(delayMs: number, signal: AbortSignal): Promise<Sidecar> {
    for (let waitMs: number | null = delayMs;;) {
      await this.#parts.wait(waitMs, signal);
      signal.throwIfAborted();
      try {
        return await this.#launch(signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof EngineEnded)) throw error;
        this.#parts.log.error(`engine: ${error.message} while it was starting`);
        waitMs = this.#backOff.crashed(0);
        if (waitMs === null) throw error;
      }
    }
  }

  async #launch(signal: AbortSignal): Promise<Sidecar> {
    const startMs = performance.now();
    const sidecar = await this.#parts.launch();
    if (signal.aborted) {
      await sidecar.stop();
      throw signal.reason;
    }
    const readyMs = performance.now();
    const { sidecarVersion, denoVersion, runtimeVersion, executionProvider } = sidecar.record;
    this.#parts.log.info(
      `engine: ready in ${
        (readyMs - startMs).toFixed(0)
      } ms (sidecar ${sidecarVersion}, Deno ${denoVersion}, ` +
        `ONNX Runtime ${runtimeVersion}, ${executionProvider})`,
    );
    this.#record = sidecar.record;
    this.#enter("ready");
    void sidecar.ended.then((exit) => {
      if (!signal.aborted) this.#crashed(describeExit(exit), performance.now() - readyMs);
    });
    return sidecar;
  }

  #crashed(how: string, upMs: number): void {
    this.#parts.log.error(`engine: ended unexpectedly (${how}) after ${(upMs / 1000).toFixed(1)} s`);
    const delayMs = this.#backOff.crashed(upMs);
    if (delayMs === null) this.#giveUp(new EngineEnded(how));
    else this.#life = this.#begin(delayMs);
  }

  #giveUp(error: unknown): void {
    this.#life = null;
    this.#parts.log.error(`engine: given up (${error instanceof Error ? error.message : String(error)})`);
    this.#enter("failed");
    if (error instanceof EngineEnded) this.#parts.onGivenUp();
  }

  #enter(state: EngineState): void {
    this.#state = state;
    if (state !== "ready") this.#record = null;
    this.#parts.onChange();
  }

  #count(change: 1 | -1): void {
    this.#requestCount += change;
    this.#parts.onChange();
  }
}
