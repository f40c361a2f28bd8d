// A sidecar that does what a test says, in place of a process.

import type { Exit } from "../../../host/sidecar_connection.ts";
import type { SidecarMethod } from "../../../protocol/sidecar.ts";
import { orAborted } from "../../../extension/abort.ts";
import { EngineEnded } from "../../../extension/error_messages.ts";
import { describeExit, type SendRequest, type Sidecar } from "../../../extension/sidecar.ts";

/** A request that waits for its answer. */
export interface WaitingRequest {
  readonly method: SidecarMethod;
  readonly params: unknown;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: unknown) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise with its ends, and whether it has been waited for. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((a, b) => [resolve, reject] = [a, b]);
  return { promise, resolve, reject };
}

/** Takes requests and hands them to the test, in order. */
export class RequestDesk {
  readonly #waiting: WaitingRequest[] = [];
  readonly #takers: ((request: WaitingRequest) => void)[] = [];

  /** The next request that comes. */
  take(): Promise<WaitingRequest> {
    const first = this.#waiting.shift();
    if (first !== undefined) return Promise.resolve(first);
    const { promise, resolve } = deferred<WaitingRequest>();
    this.#takers.push(resolve);
    return promise;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  readonly request: SendRequest = async (method, params, watch = {}) => {
    watch.signal?.throwIfAborted();
    const { promise, resolve, reject } = deferred<never>();
    const onProgress = (watch.onProgress ?? (() => {})) as (progress: unknown) => void;
    const request: WaitingRequest = {
      method,
      params,
      signal: watch.signal,
      onProgress,
      resolve: resolve as (r: unknown) => void,
      reject,
    };
    const taker = this.#takers.shift();
    if (taker === undefined) this.#waiting.push(request);
    else taker(request);
    return await orAborted(promise, watch.signal);
  };
}

/** A sidecar that can crash. */
export class FakeSidecar implements Sidecar {
  readonly desk = new RequestDesk();
  readonly #exit = deferred<Exit>();
  readonly ended = this.#exit.promise;
  isStopped = false;
  readonly record = {
    protocolVersion: 1,
    sidecarVersion: "1",
    denoVersion: "2",
    runtimeVersion: "1.30.0",
    executionProviders: [],
    executionProvider: "CPUExecutionProvider",
    permissions: {} as Sidecar["record"]["permissions"],
    models: [],
  };

  readonly request: SendRequest = (method, params, watch) =>
    Promise.race([
      this.desk.request(method, params, watch),
      this.ended.then((exit) => {
        throw new EngineEnded(describeExit(exit));
      }),
    ]);

  crash(): void {
    this.#exit.resolve({ code: null, signal: "SIGKILL" });
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.#exit.resolve({ code: 0, signal: null });
    return Promise.resolve();
  }
}
