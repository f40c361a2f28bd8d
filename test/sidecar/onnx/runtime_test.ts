import assert from "node:assert/strict";
import { API_VERSION } from "../../../sidecar/onnx/api.ts";
import { cString } from "../../../sidecar/onnx/c_memory.ts";
import { runtimeLibraryIn } from "../../../sidecar/onnx/library_path.ts";
import { readApiBase, Runtime, RuntimeLoadError } from "../../../sidecar/onnx/runtime.ts";
import { runtimeLibrary } from "../../support/runtime_library.ts";

Deno.test("Runtime reports its release and providers", () => {
  using runtime = new Runtime(runtimeLibrary(), 2);
  assert.match(runtime.version, /^1\.\d+\.\d+$/);
  assert.ok(runtime.executionProviders.includes("CPUExecutionProvider"));
});

Deno.test("Runtime can be freed twice and loaded again", () => {
  for (let i = 0; i < 3; i++) {
    const runtime = new Runtime(runtimeLibrary(), 1);
    runtime[Symbol.dispose]();
    runtime[Symbol.dispose]();
  }
});

const refuses = (load: () => unknown, reason: RuntimeLoadError["reason"], text: RegExp) =>
  assert.throws(load, (error: unknown) => {
    assert.ok(error instanceof RuntimeLoadError && error.reason === reason, String(error));
    assert.match(error.message, text);
    return true;
  });

Deno.test("Runtime says which file is missing and what to do", () => {
  refuses(() => new Runtime("/nowhere/libonnxruntime.so.1"), "missing", /"\/nowhere\/lib.*npm ci/);
});

Deno.test("Runtime refuses a library that is not ONNX Runtime", async () => {
  const file = await Deno.makeTempFile({ suffix: ".so" });
  await Deno.writeTextFile(file, "not a library");
  refuses(() => new Runtime(file), "missing", /could not be loaded/);
  await Deno.remove(file);
});

/** An `OrtApiBase` of a release that has function tables up to a version. */
function release(version: string, newestTable: number) {
  const table = new BigUint64Array(1);
  const text = cString(version);
  const getApi = new Deno.UnsafeCallback(
    { parameters: ["u32"], result: "pointer" },
    (asked) => asked <= newestTable ? Deno.UnsafePointer.of(table) : null,
  );
  const getVersion = new Deno.UnsafeCallback(
    { parameters: [], result: "pointer" },
    () => Deno.UnsafePointer.of(text),
  );
  const base = BigUint64Array.of(
    Deno.UnsafePointer.value(getApi.pointer),
    Deno.UnsafePointer.value(getVersion.pointer),
  );
  return {
    pointer: Deno.UnsafePointer.of(base),
    [Symbol.dispose]() {
      getApi.close();
      getVersion.close();
    },
  };
}

Deno.test("Runtime refuses a release that is too old, and names both", () => {
  using old = release("1.20.1", 20);
  refuses(
    () => readApiBase(old.pointer, "/somewhere/lib.so"),
    "incompatible",
    new RegExp(
      `^ONNX Runtime 1\\.20\\.1 at "/somewhere/lib\\.so" is too old: release 1\\.${API_VERSION} or newer.*npm ci`,
    ),
  );
  using young = release("1.99.0", 99);
  assert.equal(readApiBase(young.pointer, "/somewhere/lib.so").version, "1.99.0");
  refuses(
    () => readApiBase(null, "/somewhere/lib.so"),
    "incompatible",
    /is not a working ONNX Runtime library/,
  );
});

Deno.test("runtimeLibraryIn() names the library of this platform, and it is there", async () => {
  const path = runtimeLibraryIn("/modules/onnxruntime-node/package.json");
  assert.match(
    path,
    /^\/modules\/onnxruntime-node\/bin\/napi-v6\/(linux|darwin|win32)\/(x64|arm64)\/(lib)?onnxruntime/,
  );
  assert.ok((await Deno.stat(runtimeLibrary())).isFile);
});
