// The platforms that a package can be made for, and what each needs of the packages with native code.

/** What a package for one platform carries beside what all carry. */
export interface Target {
  /** VS Code's name of the platform. */
  readonly name: string;
  /** npm packages with native code for this platform alone. */
  readonly packages: readonly string[];
  /** The package among them with Deno's executable, and the executable in it. */
  readonly deno: readonly [packageName: string, file: string];
  /** The package with video codecs; null where nobody publishes one whose licence lets us carry it. */
  readonly videoPackage: string | null;
  /** Folder of ONNX Runtime's libraries in onnxruntime-node. */
  readonly runtimeFolder: string;
  /** Libraries in that folder: what the sidecar opens, and what that loads in turn. */
  readonly runtimeLibraries: readonly string[];
}

const WINDOWS_LIBRARIES = ["onnxruntime.dll", "DirectML.dll", "dxcompiler.dll", "dxil.dll"];

/** Targets for which node-webcodecs is built with an FFmpeg under the LGPL. */
const VIDEO_TARGETS = ["linux-x64", "linux-arm64", "darwin-arm64"];

const TARGETS: readonly Target[] = [
  unix("linux-x64", "@deno/linux-x64-glibc", "libonnxruntime.so.1"),
  unix("linux-arm64", "@deno/linux-arm64-glibc", "libonnxruntime.so.1"),
  unix("darwin-x64", "@deno/darwin-x64", "libonnxruntime.1.dylib"),
  unix("darwin-arm64", "@deno/darwin-arm64", "libonnxruntime.1.dylib"),
  windows("win32-x64"),
  windows("win32-arm64"),
];

/**
 * The target called `name`.
 * @throws RangeError naming the targets there are
 */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  const known = TARGETS.map((candidate) => candidate.name).join(", ");
  throw new RangeError(`There is no target "${name}"; there are ${known}`);
}

function unix(name: string, denoPackage: string, library: string): Target {
  return {
    name,
    packages: [denoPackage, `@img/sharp-${name}`, `@img/sharp-libvips-${name}`],
    deno: [denoPackage, "deno"],
    videoPackage: VIDEO_TARGETS.includes(name) ? `@node-webcodecs/static-${name}` : null,
    runtimeFolder: runtimeFolderOf(name),
    runtimeLibraries: [library],
  };
}

function windows(name: string): Target {
  return {
    name,
    // sharp's package for Windows holds libvips too.
    packages: [`@deno/${name}`, `@img/sharp-${name}`],
    deno: [`@deno/${name}`, "deno.exe"],
    videoPackage: null,
    runtimeFolder: runtimeFolderOf(name),
    runtimeLibraries: WINDOWS_LIBRARIES,
  };
}

function runtimeFolderOf(name: string): string {
  return `bin/napi-v6/${name.replace("-", "/")}`;
}
