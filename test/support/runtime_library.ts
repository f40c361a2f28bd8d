import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const LIBRARY = { linux: "libonnxruntime.so.1", darwin: "libonnxruntime.1.dylib", win32: "onnxruntime.dll" };

/** The ONNX Runtime library of the npm package for this machine. */
export function runtimeLibrary(): string {
  const platform = process.platform as keyof typeof LIBRARY;
  const root = dirname(require.resolve("onnxruntime-node/package.json"));
  return join(root, "bin", "napi-v6", platform, process.arch, LIBRARY[platform]);
}
