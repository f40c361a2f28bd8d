import assert from "node:assert/strict";
import { GraphBuilder } from "../../../sidecar/graph/graph_builder.ts";
import {
  allocate,
  elementCode,
  elementSize,
  type ElementType,
  elementTypeOf,
} from "../../../sidecar/onnx/element_type.ts";
import { cString } from "../../../sidecar/onnx/c_memory.ts";
import { OrtError } from "../../../sidecar/onnx/ort_error.ts";
import { Runtime } from "../../../sidecar/onnx/runtime.ts";
import { Session } from "../../../sidecar/onnx/session.ts";
import { Tensor } from "../../../sidecar/onnx/tensor.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";

const runtime = new Runtime(runtimeLibrary(), 2);

const BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  bfloat16: 2,
};

/** Gives its input back. */
function identity(type: ElementType, rank = 2): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder("identity");
  const dims = Array.from({ length: rank }, (_, i) => `d${i}`);
  graph.node("Identity", [graph.input("x", type, dims)], ["y"]);
  graph.output("y", type, dims);
  return graph.build();
}

for (const type of Object.keys(BYTES) as ElementType[]) {
  Deno.test(`Tensor carries ${type} in and out, shared and copied`, async () => {
    assert.equal(elementSize(type), BYTES[type]);
    assert.equal(elementTypeOf(elementCode(type)), type);
    using session = await Session.create(runtime, identity(type));
    assert.deepEqual(session.inputs, [{ name: "x", type, dims: ["d0", "d1"] }]);
    const bytes = Uint8Array.from({ length: 6 * BYTES[type] }, (_, i) => type === "bool" ? i % 2 : i * 7 + 1);
    const data = allocate(type, 6);
    new Uint8Array(data.buffer as ArrayBuffer).set(bytes);
    using x = Tensor.over(runtime, type, data, [2, 3]);
    using shared = Tensor.over(runtime, type, allocate(type, 6), [2, 3]);
    using binding = session.bind().input("x", x).output("y", shared);
    await session.run(binding);
    assert.deepEqual(shared.data, data);
    binding.allocateOutput("y");
    await session.run(binding);
    const [copy] = binding.takeOutputs();
    assert.deepEqual([copy?.type, copy?.dims, copy?.data], [type, [2, 3], data]);
    copy?.[Symbol.dispose]();
  });
}

Deno.test("Tensor carries a scalar and a part of a larger array", async () => {
  using scalars = await Session.create(runtime, identity("int32", 0));
  using seven = Tensor.over(runtime, "int32", Int32Array.of(7), []);
  using binding = scalars.bind().input("x", seven).allocateOutput("y");
  await scalars.run(binding);
  const [y] = binding.takeOutputs();
  assert.deepEqual([y?.dims, [...y?.data ?? []]], [[], [7]]);

  using rows = await Session.create(runtime, identity("float32"));
  using part = Tensor.over(runtime, "float32", Float32Array.of(1, 2, 3, 4, 5, 6).subarray(2, 4), [1, 2]);
  using partBinding = rows.bind().input("x", part).allocateOutput("y");
  await rows.run(partBinding);
  assert.deepEqual([...partBinding.takeOutputs()[0]?.data ?? []], [3, 4]);
});

Deno.test("Tensor keeps its memory while garbage is collected", async () => {
  using session = await Session.create(runtime, identity("float32"));
  // Short arrays start in V8's moving heap.
  const tensors = Array.from(
    { length: 200 },
    (_, i) => Tensor.over(runtime, "float32", Float32Array.of(i + 1, -i - 1), [1, 2]),
  );
  for (let i = 0; i < 50; i++) new Array(1e5).fill({}); // Makes garbage.
  for (const [i, x] of tensors.entries()) {
    using binding = session.bind().input("x", x).allocateOutput("y");
    await session.run(binding);
    const [y] = binding.takeOutputs();
    assert.deepEqual([...y?.data ?? []].map(Number), [i + 1, -i - 1]);
    y?.[Symbol.dispose]();
    x[Symbol.dispose]();
  }
});

Deno.test("Tensor refuses a shape that does not fit", () => {
  const over = (length: number, dims: number[]) => () =>
    Tensor.over(runtime, "float32", new Float32Array(length), dims);
  assert.throws(over(3, [2, 2]), /shape \[2, 2\] does not fit 3 elements of float32/);
  assert.throws(over(1, [-1, -1]), RangeError);
  assert.throws(over(3, [1.5, 2]), RangeError);
  assert.throws(over(0, []), RangeError);
});

Deno.test("a run says what is wrong with its inputs and outputs", async () => {
  using session = await Session.create(runtime, identity("float32"));
  using x = Tensor.over(runtime, "float32", new Float32Array(2), [1, 2]);
  using wrongType = Tensor.over(runtime, "int32", new Int32Array(2), [1, 2]);
  using wrongRank = Tensor.over(runtime, "float32", new Float32Array(2), [2]);
  using wrongSize = Tensor.over(runtime, "float32", new Float32Array(3), [1, 3]);
  const fails = async (binding: ReturnType<Session["bind"]>, text: RegExp) => {
    await assert.rejects(session.run(binding), (error: unknown) => {
      assert.ok(error instanceof OrtError && text.test(`${error.code}: ${error.message}`), String(error));
      return true;
    });
  };
  using binding = session.bind();
  await fails(binding.allocateOutput("y"), /x/);
  await fails(binding.input("x", wrongType), /INVALID_ARGUMENT: .*int32.*expected.*float/s);
  await fails(binding.input("x", wrongRank), /INVALID_ARGUMENT: .*rank/is);
  await fails(binding.input("x", x).output("y", wrongSize), /shape|size/i);
  await session.run(binding.allocateOutput("y"));
  assert.equal(binding.takeOutputs().length, 1);

  binding.clear();
  await fails(binding.allocateOutput("y"), /x/);
});

Deno.test("outputs cannot be taken before a run", async () => {
  using session = await Session.create(runtime, identity("float32"));
  using binding = session.bind().allocateOutput("y");
  assert.throws(() => binding.takeOutputs(), OrtError);
  using unbound = session.bind();
  assert.deepEqual(unbound.takeOutputs(), []);
});

Deno.test("names and settings reach the C API whole or not at all", async () => {
  assert.deepEqual([...cString("é")], [0xc3, 0xa9, 0]);
  assert.throws(() => cString("a\0b"), RangeError);
  using session = await Session.create(runtime, identity("float32"), {
    config: { "session.disable_prepacking": "1" },
  });
  using x = Tensor.over(runtime, "float32", Float32Array.of(1, 2), [1, 2]);
  using binding = session.bind().input("x", x).allocateOutput("y");
  await session.run(binding, { config: { "memory.enable_memory_arena_shrinkage": "cpu:0" } });
  await assert.rejects(session.run(binding, { config: { key: "a\0b" } }), RangeError);
  await assert.rejects(Session.create(runtime, identity("float32"), { config: { "": "1" } }), OrtError);
});
