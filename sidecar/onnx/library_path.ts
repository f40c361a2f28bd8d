const LIBRARY_FILES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  windows: "onnxruntime.dll",
};

/**
 * The shared library for this machine in the package onnxruntime-node.
 * @param packageFile path of the package's package.json
 * @throws RangeError on a platform that the package has no library for
 */
export function runtimeLibraryIn(packageFile: string): string {
  const file = LIBRARY_FILES[Deno.build.os];
  if (file === undefined) throw new RangeError(`onnxruntime-node has no library for ${Deno.build.os}`);
  const os = Deno.build.os === "windows" ? "win32" : Deno.build.os;
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  return packageFile.replace(/package\.json$/, `bin/napi-v6/${os}/${arch}/${file}`);
}
