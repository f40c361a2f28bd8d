// The sidecar as the rest of the extension sees it. How it is started and spoken to is sidecar_client.ts's matter.

import type { Exit, Watch } from "../host/sidecar_connection.ts";
import type { SidecarMethod, SidecarRecord, SidecarRequests } from "../protocol/sidecar.ts";

/**
 * Sends a request.
 * @throws Failure when the sidecar refuses, EngineEnded when it ends, the signal's reason as soon as it aborts
 */
export type SendRequest = <M extends SidecarMethod>(
  method: M,
  params: Omit<SidecarRequests[M]["params"], "partialResultToken">,
  watch?: Watch<M>,
) => Promise<SidecarRequests[M]["result"]>;

/** A sidecar that is ready. */
export interface Sidecar {
  readonly record: SidecarRecord;
  /** Settles when its process has ended, however that came about. */
  readonly ended: Promise<Exit>;
  readonly request: SendRequest;
  /** Asks it to end, and ends it when it does not. */
  stop(): Promise<void>;
}

/**
 * Starts a sidecar.
 * @throws Failure when it cannot work here, EngineEnded when its process ends first
 */
export type LaunchSidecar = () => Promise<Sidecar>;

/** How a process ended, for the log and for people. */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `code ${code ?? "unknown"}` : `signal ${signal}`;
}
