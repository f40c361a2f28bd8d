import assert from "node:assert/strict";
import { GraphBuilder } from "../../../sidecar/graph/graph_builder.ts";
import { allocate } from "../../../sidecar/onnx/element_type.ts";
import { ProviderError } from "../../../sidecar/onnx/execution_provider.ts";
import { OrtError } from "../../../sidecar/onnx/ort_error.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { Session } from "../../../sidecar/onnx/session.ts";
import { Tensor } from "../../../sidecar/onnx/tensor.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";

const runtime = new Runtime(runtimeLibrary(), 2);

/** y = x + w, with w given by the caller. */
function addition(length: number, w: (graph: GraphBuilder) => string): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder("addition");
  const x = graph.input("x", "float32", ["n", length]);
  graph.node("Add", [x, w(graph)], ["y"]);
  graph.output("y", "float32", ["n", length]);
  return graph.build();
}

const withConstant = addition(
  3,
  (graph) => graph.constant("w", "float32", [3], Float32Array.of(10, 20, 30)),
);

/** y = A repeated matrix product that takes a second. */
function slowModel(): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder("slow");
  let value = graph.input("x", "float32", [768, 768]);
  const x = value;
  for (let i = 0; i < 100; i++) value = graph.op("MatMul", [value, x]);
  graph.node("Identity", [value], ["y"]);
  graph.output("y", "float32", [768, 768]);
  return graph.build();
}

Deno.test("Session describes its inputs and outputs", async () => {
  using session = await Session.create(runtime, withConstant);
  assert.deepEqual(session.inputs, [{ name: "x", type: "float32", dims: ["n", 3] }]);
  assert.deepEqual(session.outputs, [{ name: "y", type: "float32", dims: ["n", 3] }]);
});

Deno.test("Session runs over bound memory", async () => {
  using session = await Session.create(runtime, withConstant);
  using x = Tensor.over(runtime, "float32", Float32Array.of(1, 2, 3), [1, 3]);
  using y = Tensor.over(runtime, "float32", allocate("float32", 3), [1, 3]);
  using binding = session.bind().input("x", x).output("y", y);
  await session.run(binding);
  assert.deepEqual([...y.data], [11, 22, 33]);
  x.data.set([4, 5, 6]);
  await session.run(binding);
  assert.deepEqual([...y.data], [14, 25, 36]);
});

Deno.test("Session returns outputs whose shape is not known before", async () => {
  using session = await Session.create(runtime, withConstant);
  using x = Tensor.over(runtime, "float32", Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
  using binding = session.bind().input("x", x).allocateOutput("y");
  await session.run(binding);
  const [y] = binding.takeOutputs();
  assert.deepEqual(y?.dims, [2, 3]);
  assert.deepEqual([...(y?.data ?? [])], [11, 22, 33, 14, 25, 36]);
  y?.[Symbol.dispose]();
});

Deno.test("Session takes empty tensors", async () => {
  using session = await Session.create(runtime, withConstant);
  using x = Tensor.over(runtime, "float32", new Float32Array(0), [0, 3]);
  using binding = session.bind().input("x", x).allocateOutput("y");
  await session.run(binding);
  const [y] = binding.takeOutputs();
  assert.deepEqual(y?.dims, [0, 3]);
});

Deno.test("Session updates a KV cache in place", async () => {
  const graph = new GraphBuilder("attention");
  const one = [1, "t", 16] as const;
  const inputs = ["q", "k", "v"].map((name) => graph.input(name, "float32", one));
  inputs.push(
    graph.input("past_k", "float32", [1, 1, "p", 16]),
    graph.input("past_v", "float32", [1, 1, "p", 16]),
  );
  inputs.push(graph.input("seqlens_k", "int32", [1]), graph.input("total", "int32", []));
  graph.node("GroupQueryAttention", inputs, ["y", "present_k", "present_v"], {
    num_heads: 1,
    kv_num_heads: 1,
  });
  graph.output("y", "float32", one);
  for (const name of ["present_k", "present_v"]) graph.output(name, "float32", [1, 1, "p", 16]);
  using session = await Session.create(runtime, graph.build());

  const capacity = 8;
  using keys = Tensor.over(runtime, "float32", allocate("float32", capacity * 16), [1, 1, capacity, 16]);
  using values = Tensor.over(runtime, "float32", allocate("float32", capacity * 16), [1, 1, capacity, 16]);
  using lengths = Tensor.over(runtime, "int32", allocate("int32", 1), [1]);
  using total = Tensor.over(runtime, "int32", allocate("int32", 1), []);
  using q = Tensor.over(runtime, "float32", allocate("float32", 16), [1, 1, 16]);
  using v = Tensor.over(runtime, "float32", allocate("float32", 16), [1, 1, 16]);
  using y = Tensor.over(runtime, "float32", allocate("float32", 16), [1, 1, 16]);
  using binding = session.bind()
    .input("q", q).input("k", q).input("v", v)
    .input("past_k", keys).input("past_v", values).output("present_k", keys).output("present_v", values)
    .input("seqlens_k", lengths).input("total", total).output("y", y);
  // Keys are all zero, so attention is the mean of the values seen so far.
  for (let step = 0; step < 4; step++) {
    v.data.fill(step);
    lengths.data[0] = step;
    total.data[0] = step + 1;
    await session.run(binding);
    assert.ok(Math.abs((y.data[0] ?? NaN) - step / 2) < 1e-6);
  }
  assert.deepEqual([0, 16, 32, 48, 64].map((i) => values.data[i]), [0, 1, 2, 3, 0]);
});

Deno.test("Session reads weights from a folder at any offset", async () => {
  const folder = await Deno.makeTempDir();
  const bytes = new Uint8Array(4096 + 12);
  bytes.set(new Uint8Array(Float32Array.of(1, 1, 1).buffer), 4096);
  await Deno.writeFile(`${folder}/w.bin`, bytes);
  const model = (file: string, byteLength = 12) =>
    addition(
      3,
      (graph) => graph.weight("w", { type: "float32", dims: [3], file, byteOffset: 4096, byteLength }),
    );
  using session = await Session.create(runtime, model("w.bin"), { externalDataFolder: folder });
  using x = Tensor.over(runtime, "float32", Float32Array.of(1, 2, 3), [1, 3]);
  using y = Tensor.over(runtime, "float32", allocate("float32", 3), [1, 3]);
  using binding = session.bind().input("x", x).output("y", y);
  await session.run(binding);
  assert.deepEqual([...y.data], [2, 3, 4]);
  const refused = (bytes: Uint8Array<ArrayBuffer>, text = /./) =>
    assert.rejects(Session.create(runtime, bytes, { externalDataFolder: folder }), (error: unknown) => {
      assert.ok(error instanceof OrtError && text.test(error.message), String(error));
      return true;
    });
  await refused(model("../w.bin"));
  await refused(model("missing.bin"), /missing\.bin/);
  await refused(model("w.bin", 8));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Session runs without blocking the event loop", async () => {
  using session = await Session.create(runtime, slowModel());
  using x = Tensor.over(runtime, "float32", allocate("float32", 768 * 768), [768, 768]);
  using y = Tensor.over(runtime, "float32", allocate("float32", 768 * 768), [768, 768]);
  using binding = session.bind().input("x", x).output("y", y);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await session.run(binding);
  clearInterval(timer);
  assert.ok(ticks > 5, `only ${ticks} ticks during a run`);
});

Deno.test("Session stops a run when the signal aborts and works on", async () => {
  using session = await Session.create(runtime, slowModel());
  using x = Tensor.over(runtime, "float32", allocate("float32", 768 * 768), [768, 768]);
  using y = Tensor.over(runtime, "float32", allocate("float32", 768 * 768), [768, 768]);
  using binding = session.bind().input("x", x).output("y", y);
  const reason = new DOMException("stopped", "AbortError");
  const controller = new AbortController();
  y.data.fill(7);
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(session.run(binding, { signal: controller.signal }), (error) => error === reason);
  assert.equal(y.data[0], 7, "an aborted run must not have finished");
  await session.run(binding);
  assert.equal(y.data[0], 0);
  await assert.rejects(session.run(binding, { signal: controller.signal }), (error) => error === reason);
});

Deno.test("Session refuses to be freed during a run", async () => {
  const session = await Session.create(runtime, slowModel());
  using x = Tensor.over(runtime, "float32", allocate("float32", 768 * 768), [768, 768]);
  const binding = session.bind().input("x", x).allocateOutput("y");
  const controller = new AbortController();
  const run = session.run(binding, { signal: controller.signal });
  assert.throws(() => session[Symbol.dispose](), TypeError);
  controller.abort();
  await assert.rejects(run);
  binding[Symbol.dispose]();
  session[Symbol.dispose]();
});

Deno.test("errors carry ONNX Runtime's code and text", async () => {
  await assert.rejects(
    Session.create(runtime, new Uint8Array([1, 2, 3])),
    (error: unknown) =>
      error instanceof OrtError && error.code === "INVALID_PROTOBUF" && error.message !== "",
  );
  const graph = new GraphBuilder("unknown");
  graph.input("x", "float32", [1]);
  graph.node("NoSuchOperator", ["x"], ["y"]);
  graph.output("y", "float32", [1]);
  await assert.rejects(Session.create(runtime, graph.build()), /NoSuchOperator/);
  await assert.rejects(
    Session.create(runtime, withConstant, { executionProviders: [{ name: "NoSuchProvider" }] }),
    (error: unknown) =>
      error instanceof ProviderError && error.reason === "absent" &&
      /only .*CPUExecutionProvider/.test(error.message),
  );

  using session = await Session.create(runtime, withConstant);
  using binding = session.bind();
  using x = Tensor.over(runtime, "float32", Float32Array.of(1, 2), [1, 2]);
  assert.throws(() => binding.input("no such input", x), RangeError);
  assert.throws(() => binding.output("no such output", x), RangeError);
  assert.throws(() => binding.allocateOutput("no such output"), RangeError);
  await assert.rejects(
    session.run(binding.input("x", x).allocateOutput("y")),
    /INVALID_ARGUMENT|dimensions|shape/i,
  );
});

Deno.test("disposed objects say so", async () => {
  const session = await Session.create(runtime, withConstant);
  const x = Tensor.over(runtime, "float32", Float32Array.of(1, 2, 3), [1, 3]);
  const binding = session.bind().input("x", x).allocateOutput("y");
  for (const thing of [x, binding, session]) {
    thing[Symbol.dispose]();
    thing[Symbol.dispose]();
  }
  assert.throws(() => x.value, /disposed/);
  assert.throws(() => binding.pointer, /disposed/);
  await assert.rejects(session.run(binding), /disposed/);
});
