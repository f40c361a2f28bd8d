// Reads tensors from a folder of safetensors files. The files are untrusted: every name, shape and offset
// is checked before it is used.
// @see https://huggingface.co/docs/safetensors

import { Failure } from "../../protocol/errors.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half.ts";

/** Largest header that is read; the release's largest has 60 kB. */
const MAX_HEADER_BYTES = 100 * 1024 * 1024;

const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
type StoredType = keyof typeof ELEMENT_BYTES;

interface StoredTensor {
  readonly file: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** Place in the file, in bytes. */
  readonly start: number;
  readonly byteLength: number;
}

/** The weights of a checkpoint, by the names of the release. */
export class Weights {
  readonly #folder: string;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  private constructor(folder: string, tensors: ReadonlyMap<string, StoredTensor>) {
    this.#folder = folder;
    this.#tensors = tensors;
  }

  /**
   * Reads the headers of all safetensors files of a folder.
   * @throws Failure "model-invalid" naming the file and tensor when a header is damaged
   */
  static async open(folder: string): Promise<Weights> {
    const files: string[] = [];
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.endsWith(".safetensors")) files.push(entry.name);
    }
    if (files.length === 0) throw invalid(folder, "it has no .safetensors file");
    const tensors = new Map<string, StoredTensor>();
    for (const file of files.sort()) {
      for (const [name, tensor] of await readHeader(folder, file)) {
        if (tensors.has(name)) throw invalid(folder, `tensor "${name}" stands in two files`);
        tensors.set(name, tensor);
      }
    }
    return new Weights(folder, tensors);
  }

  /** Whether a tensor is there. */
  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** Shape of a tensor. Throws a Failure "model-invalid" when it is missing. */
  shape(name: string): readonly number[] {
    return this.#require(name).shape;
  }

  /** Number of values of all tensors together. */
  get parameterCount(): number {
    let count = 0;
    for (const { shape } of this.#tensors.values()) count += product(shape);
    return count;
  }

  /**
   * Reads a tensor as float32, row-major.
   * @throws Failure "model-invalid" when it is missing or has another shape
   */
  async read(name: string, shape: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    const tensor = this.#require(name);
    if (product(tensor.shape) !== product(shape) || !sameShape(tensor.shape, shape)) {
      throw invalid(
        this.#folder,
        `tensor "${name}" in ${tensor.file} has shape [${tensor.shape.join(", ")}] where [${
          shape.join(", ")
        }] is needed`,
      );
    }
    const bytes = await readRange(`${this.#folder}/${tensor.file}`, tensor.start, tensor.byteLength);
    switch (tensor.type) {
      case "F32":
        return new Float32Array(bytes.buffer);
      case "BF16":
        return bfloat16ToFloat32(new Uint16Array(bytes.buffer));
      case "F16":
        return float16ToFloat32(new Uint16Array(bytes.buffer));
    }
  }

  #require(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw invalid(this.#folder, `tensor "${name}" is missing`);
    return tensor;
  }
}

function product(shape: readonly number[]): number {
  return shape.reduce((count, dim) => count * dim, 1);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

function invalid(folder: string, reason: string, cause?: unknown): Failure {
  return new Failure("model-invalid", `Cannot use the model in "${folder}": ${reason}.`, {
    subject: folder,
    cause,
  });
}

async function readHeader(folder: string, file: string): Promise<Map<string, StoredTensor>> {
  const path = `${folder}/${file}`;
  const { size } = await Deno.stat(path).catch((cause: unknown) => {
    throw invalid(folder, `${file} cannot be read`, cause);
  });
  const damaged = (reason: string) => invalid(folder, `${file} is damaged (${reason})`);
  if (size < 8) throw damaged("it ends before its header");
  const length = new DataView((await readRange(path, 0, 8)).buffer).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES || Number(length) + 8 > size) {
    throw damaged(`its header claims ${length} bytes`);
  }
  const dataStart = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(await readRange(path, 8, Number(length))),
    );
  } catch {
    throw damaged("its header is not JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw damaged("its header is not an object");
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const tensor = parseEntry(file, entry, dataStart, size);
    if (typeof tensor === "string") throw damaged(`tensor "${name}": ${tensor}`);
    tensors.set(name, tensor);
  }
  const inOrder = [...tensors].sort(([, a], [, b]) => a.start - b.start);
  for (let i = 1; i < inOrder.length; i++) {
    const [before, after] = [inOrder[i - 1], inOrder[i]] as [[string, StoredTensor], [string, StoredTensor]];
    if (before[1].start + before[1].byteLength > after[1].start) {
      throw damaged(`tensors "${before[0]}" and "${after[0]}" overlap`);
    }
  }
  return tensors;
}

/** A checked header entry, or what is wrong with it. */
function parseEntry(
  file: string,
  entry: unknown,
  dataStart: number,
  fileSize: number,
): StoredTensor | string {
  if (typeof entry !== "object" || entry === null) return "no description";
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    return `element type ${JSON.stringify(dtype)} is not supported`;
  }
  if (!isCounts(shape)) return "its shape is not a list of sizes";
  if (!isCounts(offsets) || offsets.length !== 2) return "its offsets are not two positions";
  const [begin, end] = offsets as [number, number];
  const byteLength = product(shape) * ELEMENT_BYTES[dtype as StoredType];
  if (end - begin !== byteLength) return `${end - begin} bytes where its shape needs ${byteLength}`;
  if (dataStart + end > fileSize) return "the file ends before it does";
  return { file, type: dtype as StoredType, shape, start: dataStart + begin, byteLength };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

async function readRange(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path).catch((cause: unknown) => {
    throw new Failure("model-invalid", `Cannot read "${path}". Is the model still there?`, {
      subject: path,
      cause,
    });
  });
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(new ArrayBuffer(length));
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) {
      throw new Failure("model-invalid", `Cannot read "${path}": it ends too early.`, { subject: path });
    }
    filled += count;
  }
  return bytes;
}
