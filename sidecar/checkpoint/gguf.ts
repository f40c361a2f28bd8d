// Reads the header of a GGUF file: settings, and where each tensor lies. The file is untrusted: sizes, counts, names,
// types and places are checked before they are used, and nothing is allocated that the file does not have the bytes for.
// @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

import { Failure } from "../../protocol/errors.ts";
import { elementCount } from "./checkpoint.ts";
import { GgufCursor, type GgufValue, HeaderError, HeaderIncomplete } from "./gguf_cursor.ts";
import { readRange } from "./read_range.ts";
import { STORED_TYPES, storedByteLength, storedFormat, type StoredType } from "./stored_types.ts";

/** Where a tensor lies in its file. */
export interface PlacedTensor {
  readonly type: StoredType;
  /** Outermost dimension first, as everywhere but in GGUF itself. */
  readonly shape: readonly number[];
  /** Place in the file, in bytes. */
  readonly start: number;
  readonly byteLength: number;
}

/** A tensor and its file, which of a model in several files may be another than the first. */
export interface GgufTensor extends PlacedTensor {
  readonly path: string;
}

/** What the header of a file says, or those of all files of a model. */
export interface GgufFile {
  /** The file with the settings. */
  readonly path: string;
  readonly settings: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

const MAGIC = 0x46554747; // "GGUF"
const VERSIONS = [2, 3];
/** Largest header that is read; that of the release, with its vocabulary of 151,748, has 6 MB. */
export const MAX_HEADER_BYTES = 64 * 1024 * 1024;
/** What is read at first; enough for most files. */
const FIRST_READ_BYTES = 1024 * 1024;
const MAX_SETTINGS = 10_000;
const MAX_TENSORS = 100_000;
const MAX_NAME_BYTES = 1024;
const MAX_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 1024 * 1024;

/** ggml's numbers of the types that can be read. */
const TYPE_CODES: Readonly<Record<number, StoredType>> = {
  0: "F32",
  1: "F16",
  2: "Q4_0",
  3: "Q4_1",
  6: "Q5_0",
  7: "Q5_1",
  8: "Q8_0",
  12: "Q4_K",
  13: "Q5_K",
  14: "Q6_K",
  30: "BF16",
};

/**
 * Reads the header of a file.
 * @throws Failure "model-missing" or "model-invalid" naming the file and what is wrong with it
 */
export async function readGguf(path: string): Promise<GgufFile> {
  const info = await Deno.stat(path).catch((cause: unknown) => {
    throw new Failure("model-missing", `Cannot open "${path}".`, { subject: path, cause });
  });
  const limit = Math.min(info.size, MAX_HEADER_BYTES);
  // A header does not say how long it is: what is read is made longer until it holds all of it.
  for (let length = Math.min(FIRST_READ_BYTES, limit);; length = Math.min(length * 4, limit)) {
    try {
      const { settings, tensors } = parseGguf(await readRange(path, 0, length), info.size);
      return { path, settings, tensors: new Map([...tensors].map(([name, at]) => [name, { ...at, path }])) };
    } catch (error) {
      const isIncomplete = error instanceof HeaderIncomplete;
      if (isIncomplete && length < limit) continue;
      if (!isIncomplete && !(error instanceof HeaderError)) throw error;
      const reason = !isIncomplete
        ? error.message
        : length < info.size
        ? `its header is longer than ${MAX_HEADER_BYTES} bytes`
        : "it ends within its header";
      throw new Failure("model-invalid", `Cannot use "${path}": ${reason}.`, { subject: path, cause: error });
    }
  }
}

/**
 * Takes a header apart.
 * @param bytes the beginning of the file
 * @param fileSize bytes of the whole file
 * @throws HeaderIncomplete when the header goes on behind `bytes`; HeaderError when it is damaged
 */
export function parseGguf(
  bytes: Uint8Array<ArrayBuffer>,
  fileSize: number,
): { settings: ReadonlyMap<string, GgufValue>; tensors: ReadonlyMap<string, PlacedTensor> } {
  const cursor = new GgufCursor(bytes);
  if (cursor.uint32() !== MAGIC) throw new HeaderError("it is not a GGUF file");
  const version = cursor.uint32();
  if (!VERSIONS.includes(version)) {
    throw new HeaderError(`GGUF version ${version} is not supported (only ${VERSIONS.join(" and ")} are)`);
  }
  const tensorCount = cursor.count("tensors", MAX_TENSORS);
  const settingCount = cursor.count("settings", MAX_SETTINGS);
  const settings = readSettings(cursor, settingCount);
  const entries = readEntries(cursor, tensorCount);
  const alignment = settings.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (
    typeof alignment !== "number" || alignment < 4 || alignment > MAX_ALIGNMENT || !isPowerOfTwo(alignment)
  ) {
    throw new HeaderError(`its alignment is ${alignment}`);
  }
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  return { settings, tensors: placeTensors(entries, alignment, dataStart, fileSize) };
}

function readSettings(cursor: GgufCursor, count: number): Map<string, GgufValue> {
  const settings = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const key = cursor.name(MAX_NAME_BYTES);
    if (settings.has(key)) throw new HeaderError(`setting "${key}" stands there twice`);
    settings.set(key, cursor.value(key));
  }
  return settings;
}

interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** Bytes behind the start of the data. */
  readonly offset: number;
}

function readEntries(cursor: GgufCursor, count: number): Entry[] {
  const entries: Entry[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const name = cursor.name(MAX_NAME_BYTES);
    if (names.has(name)) throw new HeaderError(`tensor "${name}" stands there twice`);
    names.add(name);
    const damaged = (reason: string) => new HeaderError(`tensor "${name}" ${reason}`);
    const rank = cursor.uint32();
    if (rank < 1 || rank > MAX_DIMENSIONS) throw damaged(`claims ${rank} dimensions`);
    const shape = Array.from({ length: rank }, () => cursor.uint64()).reverse();
    const total = elementCount(shape);
    if (!Number.isSafeInteger(total) || total < 1) throw damaged(`claims the shape [${shape.join(", ")}]`);
    const code = cursor.uint32();
    const type = TYPE_CODES[code];
    if (type === undefined) {
      throw damaged(`has ggml type ${code}, which cannot be read (only ${STORED_TYPES.join(", ")} can)`);
    }
    if ((shape[rank - 1] as number) % storedFormat(type).count !== 0) {
      throw damaged(`has rows of ${shape[rank - 1]} values, which are not whole blocks of ${type}`);
    }
    entries.push({ name, type, shape, offset: cursor.uint64() });
  }
  return entries;
}

function placeTensors(entries: readonly Entry[], alignment: number, dataStart: number, fileSize: number) {
  const tensors = new Map<string, PlacedTensor>();
  let end = dataStart;
  let last = "";
  for (const { name, type, shape, offset } of entries.toSorted((a, b) => a.offset - b.offset)) {
    const start = dataStart + offset;
    const byteLength = storedByteLength(type, elementCount(shape));
    if (offset % alignment !== 0) {
      throw new HeaderError(`tensor "${name}" does not begin at a multiple of ${alignment}`);
    }
    if (start < end) throw new HeaderError(`tensors "${last}" and "${name}" overlap`);
    if (start + byteLength > fileSize) {
      throw new HeaderError(
        `tensor "${name}" ends at byte ${start + byteLength} and the file at ${fileSize}`,
      );
    }
    tensors.set(name, { type, shape, start, byteLength });
    [end, last] = [start + byteLength, name];
  }
  return tensors;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
