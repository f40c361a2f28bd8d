import { createRequire } from "node:module";
import { runtimeLibraryIn } from "../../sidecar/onnx/library_path.ts";

/** The ONNX Runtime library of the npm package for this machine. */
export function runtimeLibrary(): string {
  return runtimeLibraryIn(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
}
