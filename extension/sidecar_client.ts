// A sidecar over vscode-languageclient, the only file that knows it. Loaded on first need, because it is large.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { CancellationTokenSource, type LogOutputChannel } from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  ErrorCodes,
  type ErrorHandler,
  type ErrorHandlerResult,
  LanguageClient,
  ProgressType,
  ResponseError,
} from "vscode-languageclient/node";
import type { Layout } from "../host/layout.ts";
import { sidecarArguments, sidecarEnvironment } from "../host/permissions.ts";
import type { Exit } from "../host/sidecar_connection.ts";
import { Failure, isFailureData } from "../protocol/errors.ts";
import { PROTOCOL_VERSION, type SidecarOptions, type SidecarRecord } from "../protocol/sidecar.ts";
import { orAborted } from "./abort.ts";
import { EngineEnded } from "./error_messages.ts";
import { describeExit, type SendRequest, type Sidecar } from "./sidecar.ts";

/** How to start a sidecar. */
export interface SidecarStart {
  readonly layout: Layout;
  readonly options: SidecarOptions;
  readonly log: LogOutputChannel;
}

/** Time for the sidecar to end by itself after it was asked to. */
const EXIT_GRACE_MS = 2_000;

/** Starts a sidecar. @throws Failure when it refuses, EngineEnded when its process ends first */
export async function launchSidecar({ layout, options, log }: SidecarStart): Promise<Sidecar> {
  const child = await start(layout, options);
  const ended = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const client = new QuietClient("sightline", "Sightline", () => Promise.resolve(child), {
    outputChannel: log,
    initializationOptions: options,
    initializationFailedHandler: () => false,
    errorHandler: new NeverRestart(child),
  });
  try {
    await Promise.race([client.start(), ended.then(throwEnded)]);
    return {
      record: recordOf(client),
      ended,
      request: requestOver(client, ended),
      stop: () => stop(client, child, ended),
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw await translate(error, ended);
  }
}

/** Starts the process. @throws Failure when the system does not */
async function start(layout: Layout, { storageFolder, models }: SidecarOptions): Promise<ChildProcess> {
  const { deno } = layout;
  const modelFolders = models.map(({ folder }) => folder);
  const args = sidecarArguments(layout, { storageFolder, modelFolders });
  try {
    await mkdir(storageFolder, { recursive: true });
    const child = spawn(deno, args, {
      cwd: storageFolder,
      env: sidecarEnvironment(storageFolder),
      windowsHide: true,
    });
    child.stdin.on("error", () => {}); // The process has ended; its exit says so.
    await once(child, "spawn");
    return child;
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new Failure(
      "runtime-missing",
      `Cannot start "${deno}" in "${storageFolder}" (${reason}). Install the extension again.`,
      { subject: deno, cause },
    );
  }
}

/** Tells what goes wrong to the log only; what a person is shown is decided elsewhere. */
class QuietClient extends LanguageClient {
  override error(message: string, detail?: unknown): void {
    super.error(message, detail, false);
  }
}

/** When to start again is the engine's decision, which it makes when the process has ended. */
class NeverRestart implements ErrorHandler {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  error(): ErrorHandlerResult {
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): CloseHandlerResult {
    this.#child.kill("SIGKILL"); // Without its connection it is of no use.
    return {
      action: CloseAction.DoNotRestart,
      handled: true,
      message: "The sidecar's connection has closed.",
    };
  }
}

function recordOf(client: LanguageClient): SidecarRecord {
  const record =
    (client.initializeResult?.capabilities.experimental as { sightline?: SidecarRecord } | undefined)
      ?.sightline;
  if (record?.protocolVersion === PROTOCOL_VERSION) return record;
  throw new Failure(
    "protocol-mismatch",
    `The sidecar speaks protocol version ${record?.protocolVersion ?? "none"}, and the extension speaks ` +
      `${PROTOCOL_VERSION}. Install the extension again.`,
  );
}

function requestOver(client: LanguageClient, ended: Promise<Exit>): SendRequest {
  let nextToken = 0;
  return async (method, params, { signal, onProgress } = {}) => {
    const partialResultToken = `${method}#${nextToken++}`;
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    // Each method has its own kind of progress, which the token ties to it.
    const follow = onProgress as ((value: unknown) => void) | undefined;
    const progress = client.onProgress(new ProgressType<unknown>(), partialResultToken, (value) => {
      if (signal?.aborted !== true) follow?.(value);
    });
    try {
      const answer = client.sendRequest<never>(method, { ...params, partialResultToken }, cancellation.token);
      return await orAborted(Promise.race([answer, ended.then(throwEnded)]), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw await translate(error, ended);
    } finally {
      signal?.removeEventListener("abort", cancel);
      progress.dispose();
      cancellation.dispose();
    }
  };
}

/** The library's errors as ours: refusals keep their kind, and a closed connection means that the process ended. */
async function translate(error: unknown, ended: Promise<Exit>): Promise<unknown> {
  if (!(error instanceof ResponseError)) return error;
  if (isFailureData(error.data)) {
    const { kind, subject } = error.data;
    return new Failure(kind, error.message, { ...(subject === undefined ? {} : { subject }), cause: error });
  }
  const isClosed = error.code === ErrorCodes.PendingResponseRejected ||
    error.code === ErrorCodes.ConnectionInactive;
  return isClosed ? new EngineEnded(describeExit(await ended)) : error;
}

async function stop(
  client: LanguageClient,
  child: ChildProcess,
  ended: Promise<Exit>,
): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), EXIT_GRACE_MS);
  await client.stop(EXIT_GRACE_MS).catch(() => {}); // It does not answer, or has ended already.
  await ended;
  clearTimeout(timer);
}

function throwEnded(exit: Exit): never {
  throw new EngineEnded(describeExit(exit));
}
