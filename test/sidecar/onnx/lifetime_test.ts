// What lives how long: sessions that are given up while they load, runs that are stopped, memory that stays flat.

import assert from "node:assert/strict";
import { GraphBuilder } from "../../../sidecar/graph/graph_builder.ts";
import { encodeModel } from "../../../sidecar/graph/onnx_schema.ts";
import { allocate } from "../../../sidecar/onnx/element_type.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { Session } from "../../../sidecar/onnx/session.ts";
import { Tensor } from "../../../sidecar/onnx/tensor.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";

// One thread: helpers that wait for work would only take time from each other in runs as short as these.
const runtime = new Runtime(runtimeLibrary(), 1);
const WIDTH = 256;

/** y = x multiplied by a chain of matrices. */
function chain(length: number): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder("chain");
  let value = graph.input("x", "float32", ["n", WIDTH]);
  for (let i = 0; i < length; i++) {
    const matrix = graph.constant(`w${i}`, "float32", [WIDTH, WIDTH], new Float32Array(WIDTH * WIDTH));
    value = graph.op("MatMul", [value, matrix]);
  }
  graph.node("Identity", [value], ["y"]);
  graph.output("y", "float32", ["n", WIDTH]);
  return graph.build();
}

/** The runtime, with a note of what some of its functions are called with and return. */
function watched() {
  const statuses: number[] = [];
  const released: Deno.PointerValue[] = [];
  const { api } = runtime;
  const spied = {
    environment: runtime.environment,
    cpuMemory: runtime.cpuMemory,
    api: {
      ...api,
      async CreateSessionFromArray(...args: Parameters<typeof api.CreateSessionFromArray>) {
        const status = await api.CreateSessionFromArray(...args);
        statuses.push(status === null ? 0 : api.GetErrorCode(status));
        return status;
      },
      ReleaseSession(session: Deno.PointerValue) {
        released.push(session);
        api.ReleaseSession(session);
      },
    },
  };
  return { runtime: spied as unknown as Runtime, statuses, released };
}

const MODEL_LOAD_CANCELED = 12;

Deno.test("Session gives up loading when the signal aborts, and loads the next time", async () => {
  const model = chain(60);
  const { runtime, statuses } = watched();
  const reason = new DOMException("stopped", "AbortError");
  await assert.rejects(
    Session.create(runtime, model, { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );
  assert.deepEqual(statuses, []);
  const controller = new AbortController();
  const loading = Session.create(runtime, model, { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(loading, (error) => error === reason);
  assert.deepEqual(statuses, [MODEL_LOAD_CANCELED], "loading must not have gone on to its end");
  using session = await Session.create(runtime, model, { signal: new AbortController().signal });
  assert.equal(session.inputs.length, 1);
});

Deno.test("Session frees a model that was loaded although nobody wants it any more", async () => {
  const { runtime, statuses, released } = watched();
  const controller = new AbortController();
  const deaf = { ...runtime.api, SessionOptionsSetLoadCancellationFlag: () => null };
  const loading = Session.create({ ...runtime, api: deaf } as unknown as Runtime, chain(1), {
    signal: controller.signal,
  });
  controller.abort();
  await assert.rejects(loading, { name: "AbortError" });
  assert.deepEqual([statuses, released.length], [[0], 1]);
});

Deno.test("Session refuses, and frees, a model with a type of input that this layer does not carry", async () => {
  const DOUBLE = 11;
  const value = (name: string) => ({
    name,
    type: { tensorType: { elemType: DOUBLE, shape: { dim: [{ dimValue: 1 }] } } },
  });
  const model = encodeModel({
    irVersion: 10,
    opsetImport: [{ domain: "", version: 21 }],
    graph: {
      name: "double",
      node: [{ opType: "Identity", input: ["x"], output: ["y"] }],
      input: [value("x")],
      output: [value("y")],
    },
  });
  const { runtime, released } = watched();
  await assert.rejects(Session.create(runtime, model), /ONNX element type 11 .* not supported/);
  assert.equal(released.length, 1);
});

Deno.test("a binding is in one run at a time, and outlives it", async () => {
  using session = await Session.create(runtime, chain(60));
  using x = Tensor.over(runtime, "float32", allocate("float32", 512 * WIDTH), [512, WIDTH]);
  using y = Tensor.over(runtime, "float32", allocate("float32", 512 * WIDTH), [512, WIDTH]);
  using binding = session.bind().input("x", x).output("y", y);
  y.data.fill(7);
  const run = session.run(binding);
  await assert.rejects(session.run(binding), /one run at a time/);
  assert.throws(() => binding[Symbol.dispose](), /during a run/);
  await run;
  assert.equal(y.data[0], 0);
  await session.run(binding);
});

Deno.test("runs of one session go on beside each other", async () => {
  using session = await Session.create(runtime, chain(3));
  const tensors = Array.from({ length: 8 }, () => ({
    x: Tensor.over(runtime, "float32", allocate("float32", 64 * WIDTH), [64, WIDTH]),
    y: Tensor.over(runtime, "float32", allocate("float32", 64 * WIDTH).fill(7), [64, WIDTH]),
  }));
  await Promise.all(tensors.map(async ({ x, y }) => {
    using binding = session.bind().input("x", x).output("y", y);
    await session.run(binding);
  }));
  for (const { x, y } of tensors) {
    assert.ok(y.data.every((value) => value === 0));
    x[Symbol.dispose]();
    y[Symbol.dispose]();
  }
});

async function grownMiB(warmUps: number, times: number, once: (i: number) => Promise<void>): Promise<number> {
  for (let i = 0; i < warmUps; i++) await once(i);
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < times; i++) await once(i);
  return (Deno.memoryUsage().rss - before) / 2 ** 20;
}

Deno.test("memory stays flat over 1,000 runs, every second one stopped", async () => {
  using session = await Session.create(runtime, chain(1));
  const data = allocate("float32", 512 * WIDTH);
  let stopped = 0;
  const grown = await grownMiB(200, 1000, async (i) => {
    using x = Tensor.over(runtime, "float32", data, [512, WIDTH]); // 0.5 MiB
    using binding = session.bind().input("x", x).allocateOutput("y");
    const controller = new AbortController();
    const run = session.run(binding, { signal: controller.signal });
    if (i % 2 === 0) {
      await run;
      for (const y of binding.takeOutputs()) y[Symbol.dispose]();
    } else {
      controller.abort();
      await assert.rejects(run, { name: "AbortError" });
      stopped++;
    }
  });
  assert.equal(stopped, 600);
  // A leak of the 0.5 MiB outputs would grow by 250 MiB, one of the bindings with their inputs by more.
  assert.ok(grown < 100, `grew by ${grown.toFixed(0)} MiB`);
});

Deno.test("memory stays flat over 60 loads, every third one given up", async () => {
  const model = chain(16); // 4 MiB
  const grown = await grownMiB(12, 60, async (i) => {
    const controller = new AbortController();
    const loading = Session.create(runtime, model, { signal: controller.signal });
    if (i % 3 === 0) controller.abort();
    await loading.then((session) => session[Symbol.dispose](), () => {});
  });
  // 40 sessions that stay would hold 160 MiB and more.
  assert.ok(grown < 80, `grew by ${grown.toFixed(0)} MiB`);
});
