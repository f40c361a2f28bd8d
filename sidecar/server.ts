// The only file that knows the Language Server Protocol: methods to engine calls, failures to response errors.

import {
  type CancellationToken,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
} from "vscode-languageserver/node";
import { CANCELLED_CODE, Failure, FAILURE_CODE, type FailureData } from "../protocol/errors.ts";
import {
  PROTOCOL_VERSION,
  type SidecarMethod,
  type SidecarOptions,
  type SidecarRecord,
  type SidecarRequests,
} from "../protocol/sidecar.ts";
import { isAbort, toAbortSignal } from "./abort.ts";
import type { Engine } from "./engine.ts";

/** An engine with what is to be said of it. */
export interface StartedEngine {
  readonly engine: Engine;
  readonly record: SidecarRecord;
}

/** Makes an engine from what the host sent. */
export type StartEngine = (options: SidecarOptions) => StartedEngine;

/** Serves requests on a connection until it ends. */
export function serve(connection: Connection, start: StartEngine): void {
  let started: StartedEngine | null = null;

  connection.onInitialize((params) => {
    try {
      started = start(readOptions(params));
      // Whoever deletes a picture means what was made of it too. Nothing waits for it, and a failure costs only space.
      started.engine.removeOrphans().catch((error: Error) => {
        connection.console.warn(`removing what was made of old pictures: ${error.message}`);
      });
      return initializeResult(started.record);
    } catch (error) {
      throw toResponseError(error, connection);
    }
  });
  connection.onShutdown(() => started?.engine[Symbol.asyncDispose]());

  const engine = () => {
    if (started === null) throw new Error("a request came before initialize");
    return started.engine;
  };
  const handle = <M extends SidecarMethod>(
    method: M,
    call: (
      params: SidecarRequests[M]["params"],
      signal: AbortSignal,
    ) => Promise<SidecarRequests[M]["result"]>,
  ) => {
    connection.onRequest(method, async (params: SidecarRequests[M]["params"], token: CancellationToken) => {
      const start = performance.now();
      try {
        const result = await call(params, toAbortSignal(token));
        connection.console.log(`${method}: done in ${(performance.now() - start).toFixed(0)} ms`);
        return result;
      } catch (error) {
        return toResponseError(error, connection, method);
      }
    });
  };
  // Progress is told in order: each notification is written before the next is made.
  const watch = (token: string | number | undefined, signal: AbortSignal) => ({
    signal,
    onProgress: (value: object) => {
      if (token !== undefined) void connection.sendNotification("$/progress", { token, value });
    },
  });
  handle(
    "sightline/generate",
    (params, signal) => engine().generate(params, watch(params.partialResultToken, signal)),
  );
  handle(
    "sightline/readText",
    (params, signal) => engine().readText(params, watch(params.partialResultToken, signal)),
  );
  handle("sightline/inspectPicture", (params, signal) => engine().inspectPicture(params, signal));
  handle("sightline/inspectVideo", (params, signal) => engine().inspectVideo(params, signal));
  handle("sightline/videoLimits", (params) => engine().videoLimits(params));
  handle(
    "sightline/prepare",
    (params, signal) => engine().prepare(params, watch(params.partialResultToken, signal)),
  );
  handle("sightline/endTrace", () => {
    engine().endTrace();
    return Promise.resolve(null);
  });
  handle("sightline/unload", () => engine().unload().then(() => null));
  connection.listen();
}

function readOptions({ initializationOptions }: InitializeParams): SidecarOptions {
  const options = initializationOptions as Partial<SidecarOptions> | undefined;
  if (options?.protocolVersion !== PROTOCOL_VERSION) {
    throw new Failure(
      "protocol-mismatch",
      `The sidecar speaks protocol version ${PROTOCOL_VERSION}, and the editor's side speaks ` +
        `${options?.protocolVersion ?? "none"}. Reload the window, or install the extension again.`,
    );
  }
  return options as SidecarOptions;
}

function initializeResult(record: SidecarRecord): InitializeResult {
  return {
    serverInfo: { name: "sightline-sidecar", version: record.sidecarVersion },
    capabilities: { experimental: { sightline: record } },
  };
}

/** Cancellation and expected failures become what the host understands; a bug is logged with its stack. */
function toResponseError(
  error: unknown,
  connection: Connection,
  method = "initialize",
): ResponseError<FailureData | undefined> {
  if (isAbort(error)) {
    connection.console.log(`${method}: cancelled`);
    return new ResponseError(CANCELLED_CODE, "cancelled", undefined);
  }
  if (error instanceof Failure) {
    connection.console.warn(`${method}: ${error.kind}`);
    const subject = error.subject === undefined ? {} : { subject: error.subject };
    return new ResponseError(FAILURE_CODE, error.message, { kind: error.kind, ...subject });
  }
  connection.console.error(`${method}: ${error instanceof Error ? error.stack : String(error)}`);
  const text = error instanceof Error ? error.message : String(error);
  return new ResponseError(FAILURE_CODE, `Something went wrong in the sidecar: ${text}`, {
    kind: "internal",
  });
}
