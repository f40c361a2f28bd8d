// Starts the sidecar on stdin and stdout. It ends when they end, so it never outlives its parent.

import { createRequire } from "node:module";
import process from "node:process";
import { createConnection } from "vscode-languageserver/node";
import packageFile from "../package.json" with { type: "json" };
import { Failure } from "../protocol/errors.ts";
import {
  PERMISSION_NAMES,
  PROTOCOL_VERSION,
  type SidecarOptions,
  type SidecarRecord,
} from "../protocol/sidecar.ts";
import { Engine } from "./engine.ts";
import { runtimeLibraryIn } from "./onnx/library_path.ts";
import { Runtime, RuntimeLoadError } from "./onnx/runtime.ts";
import { TextReader } from "./ocr/text_reader.ts";
import { serve, type StartedEngine } from "./server.ts";

/** Up to this many cores all work; of more, half are second threads of the same core or slow ones. */
const FEW_CORES = 4;

const connection = createConnection(process.stdin, process.stdout, {
  messageStrategy: {
    handleMessage(message, next) {
      // The library would look for the parent with process.kill, which needs the permission to run programs, and
      // take the refusal for the parent's death. The end of stdin tells us the same.
      if ("method" in message && message.method === "initialize" && "params" in message) {
        message.params = { ...message.params as object, processId: null };
      }
      return next(message);
    },
  },
});
serve(connection, start);

function start(options: SidecarOptions): StartedEngine {
  const runtime = loadRuntime(
    options.runtimeLibrary ?? bundledLibrary(),
    options.threadCount || defaultThreadCount(),
  );
  return {
    engine: new Engine({ runtime, options, openTextReader: TextReader.open }),
    record: describe(runtime, options),
  };
}

function bundledLibrary(): string {
  return runtimeLibraryIn(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
}

function defaultThreadCount(): number {
  const cores = navigator.hardwareConcurrency;
  return cores <= FEW_CORES ? cores : Math.ceil(cores / 2);
}

function loadRuntime(library: string, threadCount: number): Runtime {
  try {
    return new Runtime(library, threadCount);
  } catch (cause) {
    if (!(cause instanceof RuntimeLoadError)) throw cause;
    throw new Failure(
      cause.reason === "missing" ? "runtime-missing" : "runtime-incompatible",
      cause.message,
      {
        subject: library,
        cause,
      },
    );
  }
}

function describe(runtime: Runtime, { models }: SidecarOptions): SidecarRecord {
  const permissions = PERMISSION_NAMES.map((name) => {
    const { state, partial } = Deno.permissions.querySync({ name });
    return [name, state === "granted" ? (partial ? "partial" : "granted") : "denied"] as const;
  });
  return {
    protocolVersion: PROTOCOL_VERSION,
    sidecarVersion: packageFile.version,
    denoVersion: Deno.version.deno,
    runtimeVersion: runtime.version,
    executionProviders: runtime.executionProviders,
    executionProvider: "CPUExecutionProvider",
    permissions: Object.fromEntries(permissions) as SidecarRecord["permissions"],
    models,
  };
}
