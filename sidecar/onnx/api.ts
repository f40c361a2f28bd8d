// The functions of ONNX Runtime's C API that this layer calls, with their place in `struct OrtApi`.
// The table only ever grows at its end, so an index never changes meaning.
// @see onnxruntime_c_api.h of release 1.30

/** Oldest table that has every function below and every operator our graphs use: release 1.29. */
export const API_VERSION = 29;

type Signature = Deno.ForeignFunction<readonly Deno.NativeType[], Deno.NativeResultType, boolean>;

interface Entry<F extends Signature> {
  readonly index: number;
  readonly signature: F;
}

/** A function that reports failure through an `OrtStatus*`. */
function fallible<const P extends readonly Deno.NativeType[]>(index: number, ...parameters: P) {
  return { index, signature: { parameters, result: "pointer" } } as const;
}

/** The same, run on a thread of Deno's pool so that the event loop goes on. */
function fallibleAsync<const P extends readonly Deno.NativeType[]>(index: number, ...parameters: P) {
  return { index, signature: { parameters, result: "pointer", nonblocking: true } } as const;
}

/** A function that frees one object. */
function release(index: number) {
  return { index, signature: { parameters: ["pointer"], result: "void" } } as const;
}

const FUNCTIONS = {
  GetErrorCode: { index: 1, signature: { parameters: ["pointer"], result: "i32" } },
  GetErrorMessage: { index: 2, signature: { parameters: ["pointer"], result: "pointer" } },
  DisableTelemetryEvents: fallible(6, "pointer"),
  CreateSessionFromArray: fallibleAsync(8, "pointer", "buffer", "usize", "pointer", "buffer"),
  CreateSessionOptions: fallible(10, "buffer"),
  SessionGetInputCount: fallible(30, "pointer", "buffer"),
  SessionGetOutputCount: fallible(31, "pointer", "buffer"),
  SessionGetInputTypeInfo: fallible(33, "pointer", "usize", "buffer"),
  SessionGetOutputTypeInfo: fallible(34, "pointer", "usize", "buffer"),
  SessionGetInputName: fallible(36, "pointer", "usize", "pointer", "buffer"),
  SessionGetOutputName: fallible(37, "pointer", "usize", "pointer", "buffer"),
  CreateRunOptions: fallible(39, "buffer"),
  RunOptionsSetTerminate: fallible(46, "pointer"),
  CreateTensorAsOrtValue: fallible(48, "pointer", "buffer", "usize", "i32", "buffer"),
  CreateTensorWithDataAsOrtValue: fallible(
    49,
    "pointer",
    "buffer",
    "usize",
    "buffer",
    "usize",
    "i32",
    "buffer",
  ),
  GetTensorMutableData: fallible(51, "pointer", "buffer"),
  CastTypeInfoToTensorInfo: fallible(55, "pointer", "buffer"),
  GetTensorElementType: fallible(60, "pointer", "buffer"),
  GetDimensionsCount: fallible(61, "pointer", "buffer"),
  GetDimensions: fallible(62, "pointer", "buffer", "usize"),
  GetSymbolicDimensions: fallible(63, "pointer", "buffer", "usize"),
  GetTensorTypeAndShape: fallible(65, "pointer", "buffer"),
  CreateMemoryInfo: fallible(68, "buffer", "i32", "i32", "i32", "buffer"),
  CreateCpuMemoryInfo: fallible(69, "i32", "i32", "buffer"),
  AllocatorFree: fallible(76, "pointer", "pointer"),
  GetAllocatorWithDefaultOptions: fallible(78, "buffer"),
  ReleaseEnv: release(92),
  ReleaseStatus: release(93),
  ReleaseMemoryInfo: release(94),
  ReleaseSession: release(95),
  ReleaseValue: release(96),
  ReleaseRunOptions: release(97),
  ReleaseTypeInfo: release(98),
  ReleaseTensorTypeAndShapeInfo: release(99),
  ReleaseSessionOptions: release(100),
  CreateEnvWithGlobalThreadPools: fallible(119, "i32", "buffer", "pointer", "buffer"),
  DisablePerSessionThreads: fallible(120, "pointer"),
  CreateThreadingOptions: fallible(121, "buffer"),
  ReleaseThreadingOptions: release(122),
  GetAvailableProviders: fallible(125, "buffer", "buffer"),
  ReleaseAvailableProviders: fallible(126, "pointer", "i32"),
  AddSessionConfigEntry: fallible(130, "pointer", "buffer", "buffer"),
  CreateAllocator: fallible(131, "pointer", "pointer", "buffer"),
  ReleaseAllocator: release(132),
  RunWithBinding: fallibleAsync(133, "pointer", "pointer", "pointer"),
  CreateIoBinding: fallible(134, "pointer", "buffer"),
  ReleaseIoBinding: release(135),
  BindInput: fallible(136, "pointer", "buffer", "pointer"),
  BindOutput: fallible(137, "pointer", "buffer", "pointer"),
  BindOutputToDevice: fallible(138, "pointer", "buffer", "pointer"),
  GetBoundOutputNames: fallible(139, "pointer", "pointer", "buffer", "buffer", "buffer"),
  GetBoundOutputValues: fallible(140, "pointer", "pointer", "buffer", "buffer"),
  ClearBoundInputs: release(141),
  ClearBoundOutputs: release(142),
  SetGlobalIntraOpNumThreads: fallible(147, "pointer", "i32"),
  AddRunConfigEntry: fallible(165, "pointer", "buffer", "buffer"),
  SessionOptionsAppendExecutionProvider_CUDA_V2: fallible(204, "pointer", "pointer"),
  CreateCUDAProviderOptions: fallible(205, "buffer"),
  UpdateCUDAProviderOptions: fallible(206, "pointer", "buffer", "buffer", "usize"),
  ReleaseCUDAProviderOptions: release(208),
  SessionOptionsAppendExecutionProvider: fallible(216, "pointer", "buffer", "buffer", "buffer", "usize"),
  SessionOptionsSetLoadCancellationFlag: fallible(293, "pointer", "bool"),
} as const satisfies Record<string, Entry<Signature>>;

/** The C functions by name, ready to call. */
export type Api = {
  readonly [Name in keyof typeof FUNCTIONS]: Deno.UnsafeFnPointer<
    (typeof FUNCTIONS)[Name]["signature"]
  >["call"];
};

/** Reads the function pointers out of an `OrtApi` table. */
export function readApi(table: Deno.PointerObject): Api {
  const view = new Deno.UnsafePointerView(table);
  const bound = Object.entries(FUNCTIONS).map(([name, { index, signature }]) => {
    const address = view.getPointer(index * 8);
    if (address === null) throw new RangeError(`ONNX Runtime's function table has no entry ${index}`);
    const pointer = new Deno.UnsafeFnPointer(
      address as Deno.PointerObject<Signature>,
      signature as Signature,
    );
    return [name, pointer.call.bind(pointer)];
  });
  return Object.fromEntries(bound) as Api;
}
