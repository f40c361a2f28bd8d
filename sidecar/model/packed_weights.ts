// A finished weights file and the table of what lies where in it.

import { Failure } from "../../protocol/errors.ts";
import type { ExternalTensor } from "../graph/graph_builder.ts";
import { elementSize, type ElementType } from "../onnx/element_type.ts";
import type { BlockFormat } from "./quantize.ts";
import { blocksKey, type WeightPlan } from "./weight_plan.ts";
import type { MatrixRole, PlacedMatrix, WeightStore } from "./weight_store.ts";

/** Raised whenever the file of the same plan, or its table, is written in another way. */
const TABLE_VERSION = 2;
export const WEIGHTS_FILE = "weights.bin";
export const WEIGHTS_TABLE = "weights.json";
/** Largest table that is read; that of the release has 300 kB. */
const MAX_TABLE_BYTES = 64 * 1024 * 1024;

/** The types of float tensors. */
const FLOAT_TYPES: readonly unknown[] = ["float32", "float16", "bfloat16"];

/** A float tensor: type, dimensions and place in bytes. */
interface FloatRow {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly at: number;
}

/** A matrix in blocks: its size, and the places of its parts in bytes. */
interface BlocksRow extends BlockFormat {
  readonly rows: number;
  readonly columns: number;
  readonly data: number;
  readonly scales: number;
  readonly offsets: number | null;
}

/** The table as it is written. */
interface Table {
  readonly version: number;
  /** Bytes of the weights file. */
  readonly byteLength: number;
  /** Values of the checkpoint that it was made of. */
  readonly parameterCount: number;
  readonly floats: Readonly<Record<string, FloatRow>>;
  readonly blocks: Readonly<Record<string, BlocksRow>>;
}

/** Weights that have been written. */
export class PackedWeights implements WeightStore {
  readonly folder: string;
  readonly #table: Table;

  private constructor(folder: string, table: Table) {
    this.folder = folder;
    this.#table = table;
  }

  /**
   * Reads the table of a folder; null where there is none.
   * @throws Failure "model-invalid" when it is damaged or does not fit the weights file
   */
  static async open(folder: string): Promise<PackedWeights | null> {
    const table = await readTable(folder);
    if (table === null) return null;
    const info = await Deno.stat(`${folder}/${WEIGHTS_FILE}`).catch(() => null);
    if (info?.size === table.byteLength) return new PackedWeights(folder, table);
    throw damaged(
      folder,
      info === null
        ? `${WEIGHTS_FILE} is missing`
        : `${WEIGHTS_FILE} has ${info.size} bytes and should have ${table.byteLength}`,
    );
  }

  /** Number of values of the checkpoint. */
  get parameterCount(): number {
    return this.#table.parameterCount;
  }

  floats(key: string, dims: readonly number[]): ExternalTensor {
    const row = Object.hasOwn(this.#table.floats, key) ? this.#table.floats[key] : undefined;
    if (row === undefined) throw damaged(this.folder, `tensor "${key}" is missing in ${WEIGHTS_TABLE}`);
    if (row.dims.length !== dims.length || row.dims.some((dim, i) => dim !== dims[i])) {
      throw damaged(this.folder, `tensor "${key}" has shape [${row.dims}] where [${dims}] is needed`);
    }
    return this.#place(row.type, dims, row.at);
  }

  blocks(name: string, rows: number, columns: number, role: MatrixRole): PlacedMatrix | null {
    const key = blocksKey(name, role);
    const row = Object.hasOwn(this.#table.blocks, key) ? this.#table.blocks[key] : undefined;
    if (row === undefined) return null;
    if (row.rows !== rows || row.columns !== columns) {
      throw damaged(
        this.folder,
        `tensor "${key}" has shape [${row.rows}, ${row.columns}] where [${rows}, ${columns}] is needed`,
      );
    }
    const { bits, blockSize } = row;
    const ofBlocks = (at: number) => this.#place("float32", [rows, columns / blockSize], at);
    return {
      ...{ bits, blockSize },
      data: this.#place("uint8", [rows, columns * bits / 8], row.data),
      scales: ofBlocks(row.scales),
      offsets: row.offsets === null ? null : ofBlocks(row.offsets),
    };
  }

  #place(type: ElementType, dims: readonly number[], byteOffset: number): ExternalTensor {
    const byteLength = dims.reduce((count, dim) => count * dim, elementSize(type));
    if (byteOffset + byteLength > this.#table.byteLength) {
      throw damaged(this.folder, `${WEIGHTS_TABLE} points behind the end of ${WEIGHTS_FILE}`);
    }
    return { type, dims, file: WEIGHTS_FILE, byteOffset, byteLength };
  }
}

/** The table of a plan's file, as text. */
export function writeTable(plan: WeightPlan, parameterCount: number): string {
  const table: Table = {
    version: TABLE_VERSION,
    byteLength: plan.byteLength,
    parameterCount,
    floats: Object.fromEntries(
      [...plan.floatPlaces].map(([key, { type, dims, byteOffset }]) => [key, { type, dims, at: byteOffset }]),
    ),
    blocks: Object.fromEntries([...plan.blockPlaces].map(([key, place]) => [key, toRow(place)])),
  };
  return JSON.stringify(table);
}

function toRow({ bits, blockSize, data, scales, offsets }: PlacedMatrix): BlocksRow {
  const [rows = 0, rowBytes = 0] = data.dims;
  return {
    ...{ rows, columns: rowBytes * 8 / bits, bits, blockSize },
    data: data.byteOffset,
    scales: scales.byteOffset,
    offsets: offsets?.byteOffset ?? null,
  };
}

async function readTable(folder: string): Promise<Table | null> {
  const path = `${folder}/${WEIGHTS_TABLE}`;
  const info = await Deno.stat(path).catch(() => null);
  if (info === null) return null;
  if (info.size > MAX_TABLE_BYTES) throw damaged(folder, `${WEIGHTS_TABLE} has ${info.size} bytes`);
  let table: unknown;
  try {
    table = JSON.parse(await Deno.readTextFile(path));
  } catch {
    throw damaged(folder, `${WEIGHTS_TABLE} is not JSON`);
  }
  if (!isTable(table)) throw damaged(folder, `${WEIGHTS_TABLE} does not have the form of a table of weights`);
  if (table.version !== TABLE_VERSION) {
    throw damaged(
      folder,
      `it was converted for version ${table.version} of the engine and this one needs ${TABLE_VERSION}. ` +
        `Convert the model again`,
    );
  }
  return table;
}

function isTable(value: unknown): value is Table {
  if (!isObject(value) || !isCount(value["version"]) || !isCount(value["byteLength"])) return false;
  const { parameterCount, floats, blocks } = value;
  return isCount(parameterCount) && isObject(floats) && isObject(blocks) &&
    Object.values(floats).every(isFloatRow) && Object.values(blocks).every(isBlocksRow);
}

function isFloatRow(value: unknown): boolean {
  return isObject(value) && FLOAT_TYPES.includes(value["type"]) &&
    Array.isArray(value["dims"]) && value["dims"].every(isCount) &&
    isCount(value["at"]);
}

function isBlocksRow(value: unknown): boolean {
  return isObject(value) && ["rows", "columns", "data", "scales"].every((key) => isCount(value[key])) &&
    (value["offsets"] === null || isCount(value["offsets"])) &&
    (value["bits"] === 4 || value["bits"] === 8) &&
    [16, 32, 64, 128].includes(value["blockSize"] as number) &&
    (value["columns"] as number) % (value["blockSize"] as number) === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function damaged(folder: string, reason: string): Failure {
  return new Failure("model-invalid", `Cannot use the model in "${folder}": ${reason}.`, { subject: folder });
}
