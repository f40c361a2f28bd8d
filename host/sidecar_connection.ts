// A sidecar with a typed connection, for hosts that are not VS Code: the command line and tests.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import {
  CancellationTokenSource,
  ConnectionError,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { CANCELLED_CODE, Failure, isFailureData } from "../protocol/errors.ts";
import {
  type GenerateProgress,
  PROTOCOL_VERSION,
  type ReadTextProgress,
  type SidecarMethod,
  type SidecarOptions,
  type SidecarRecord,
  type SidecarRequests,
} from "../protocol/sidecar.ts";
import type { Layout } from "./layout.ts";
import { sidecarArguments, sidecarEnvironment } from "./permissions.ts";

/** What progress looks like, by method. */
interface ProgressOf {
  "sightline/generate": GenerateProgress;
  "sightline/readText": ReadTextProgress;
  "sightline/inspectPicture": never;
  "sightline/inspectVideo": never;
  "sightline/videoLimits": never;
  "sightline/prepare": GenerateProgress;
  "sightline/endTrace": never;
  "sightline/unload": never;
}

/** How a request is followed and stopped. */
export interface Watch<M extends SidecarMethod> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProgressOf[M]) => void;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Time for the sidecar to end by itself after it was asked to. */
const EXIT_GRACE_MS = 2000;
const MAX_STDERR_CHARACTERS = 4000;

/** A running sidecar. */
export class SidecarConnection {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<Exit>;
  readonly #connection: MessageConnection;
  readonly #listeners = new Map<string, (value: never) => void>();
  #record: SidecarRecord | null = null;
  #nextToken = 0;
  #stderr = "";
  #startError: Error | null = null;

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.process = process;
    this.exited = new Promise((resolve) => {
      process.once("error", (error) => {
        this.#startError = error;
        resolve({ code: null, signal: null });
      });
      process.once("exit", (code, signal) => resolve({ code, signal }));
    });
    process.stdin.on("error", () => {}); // The process has ended; `exited` says so.
    process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_CHARACTERS);
    });
    this.#connection = createMessageConnection(
      new StreamMessageReader(process.stdout),
      new StreamMessageWriter(process.stdin),
    );
    this.#connection.onNotification("$/progress", ({ token, value }: { token: string; value: never }) => {
      this.#listeners.get(token)?.(value);
    });
    this.#connection.onError(() => {}); // Reported by the request that is waiting.
    this.#connection.listen();
  }

  /**
   * Starts a sidecar and agrees on the protocol.
   * @param signal ends a sidecar that is starting
   * @throws Failure when the sidecar refuses or ends; the signal's reason when it aborts
   */
  static async start(
    layout: Layout,
    options: Omit<SidecarOptions, "protocolVersion" | "ocrFolder">,
    signal?: AbortSignal,
  ): Promise<SidecarConnection> {
    await makeStorage(options.storageFolder);
    signal?.throwIfAborted();
    const folders = {
      storageFolder: options.storageFolder,
      modelFolders: options.models.map(({ folder }) => folder),
    };
    const connection = new SidecarConnection(
      spawn(layout.deno, sidecarArguments(layout, folders), {
        env: sidecarEnvironment(options.storageFolder),
      }),
    );
    const full: SidecarOptions = {
      ...options,
      protocolVersion: PROTOCOL_VERSION,
      ocrFolder: layout.ocrFolder,
    };
    const end = () => connection.process.kill("SIGKILL");
    signal?.addEventListener("abort", end);
    try {
      const result = await connection.#send<InitializeResult>("initialize", {
        processId: null,
        rootUri: null,
        capabilities: {},
        initializationOptions: full,
      });
      connection.#record = result.capabilities.experimental.sightline;
      await connection.#connection.sendNotification("initialized", {});
      return connection;
    } catch (error) {
      await connection.close();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", end);
    }
  }

  /** What the sidecar said of itself. */
  get record(): SidecarRecord {
    if (this.#record === null) throw new TypeError("the sidecar has not been initialised");
    return this.#record;
  }

  /**
   * Sends a request.
   * @throws Failure when the sidecar refuses or ends; the signal's reason when it aborts
   */
  async request<M extends SidecarMethod>(
    method: M,
    params: Omit<SidecarRequests[M]["params"], "partialResultToken">,
    watch: Watch<M> = {},
  ): Promise<SidecarRequests[M]["result"]> {
    const { signal, onProgress } = watch;
    signal?.throwIfAborted();
    const token = `${method}#${this.#nextToken++}`;
    if (onProgress !== undefined) this.#listeners.set(token, onProgress as (value: never) => void);
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal?.addEventListener("abort", cancel);
    try {
      return await this.#send(method, { ...params, partialResultToken: token }, cancellation);
    } catch (error) {
      if (error instanceof ResponseError && error.code === CANCELLED_CODE) signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#listeners.delete(token);
      cancellation.dispose();
    }
  }

  /** Asks the sidecar to end, and ends it after a grace period. */
  async close(): Promise<Exit> {
    const timer = setTimeout(() => this.process.kill("SIGKILL"), EXIT_GRACE_MS);
    const last = [() => this.#send("shutdown", undefined), () => this.#connection.sendNotification("exit")];
    for (const ask of last) {
      try {
        await ask();
      } catch {
        // It has ended already, which is what was wanted.
      }
    }
    const exit = await this.exited;
    clearTimeout(timer);
    this.#connection.dispose();
    return exit;
  }

  /** Ends the sidecar at once. What it was writing is tidied up by the next one. */
  async kill(): Promise<Exit> {
    this.process.kill("SIGKILL");
    const exit = await this.exited;
    this.#connection.dispose();
    return exit;
  }

  /** Sends a request that also ends when the sidecar does. */
  async #send<R>(
    method: string,
    params: object | undefined,
    cancellation?: CancellationTokenSource,
  ): Promise<R> {
    // The library takes every argument that is given for a parameter, even an undefined one. It throws at once when
    // the process has gone.
    const ask = async () =>
      cancellation !== undefined
        ? await this.#connection.sendRequest<R>(method, params, cancellation.token)
        : params !== undefined
        ? await this.#connection.sendRequest<R>(method, params)
        : await this.#connection.sendRequest<R>(method);
    const answer = ask();
    try {
      return await Promise.race([answer, this.#failAtExit()]);
    } catch (error) {
      answer.catch(() => {}); // Already failed by the exit.
      if (error instanceof ConnectionError) return await this.#failAtExit();
      if (error instanceof ResponseError && isFailureData(error.data)) {
        const { kind, subject } = error.data;
        throw new Failure(kind, error.message, {
          ...(subject === undefined ? {} : { subject }),
          cause: error,
        });
      }
      throw error;
    }
  }

  async #failAtExit(): Promise<never> {
    const { code, signal } = await this.exited;
    if (this.#startError !== null) {
      throw new Failure(
        "runtime-missing",
        `The sidecar could not be started: ${this.#startError.message}. ` +
          `Install the extension again, or run "npm ci" in a checkout.`,
        { cause: this.#startError },
      );
    }
    const how = signal === null ? `code ${code}` : `signal ${signal}`;
    throw new Failure("internal", `The sidecar has ended (${how}). ${this.#stderr}`.trim());
  }
}

async function makeStorage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new Failure(
      "storage-failed",
      `Cannot use the folder "${folder}" for storage (${reason}). Choose another one.`,
      { subject: folder, cause },
    );
  });
}

interface InitializeResult {
  readonly capabilities: { readonly experimental: { readonly sightline: SidecarRecord } };
}
