// What the graphs need of a checkpoint, whatever files it lies in: tensors by the names of the release, read in parts.

import { Failure } from "../../protocol/errors.ts";
import { decodeValues, storedByteLength, type StoredType } from "./stored_types.ts";

/** A tensor in a file. */
export interface StoredTensor {
  /** The name that the file has for it. */
  readonly name: string;
  readonly file: string;
  readonly type: StoredType;
  /** Outermost dimension first. */
  readonly shape: readonly number[];
  /** Reads numbers `from`..`to` of the row-major order, as the file has them. Both must be at the edge of a block. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The weights of a model. */
export interface Checkpoint {
  /** Number of values of all tensors together. */
  readonly parameterCount: number;
  /** Whether a tensor is there, by the name of the release. */
  has(name: string): boolean;
  /**
   * A tensor by the name of the release.
   * @throws Failure "model-invalid" when it is missing or has another shape
   */
  tensor(name: string, shape: readonly number[]): StoredTensor;
}

/** Numbers of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, dim) => count * dim, 1);
}

/** Bytes that a tensor takes in its file. */
export function tensorByteLength({ type, shape }: StoredTensor): number {
  return storedByteLength(type, elementCount(shape));
}

/** Numbers `from`..`to` of a tensor as float32; all of them when left out. */
export async function readFloats(
  tensor: StoredTensor,
  from = 0,
  to = elementCount(tensor.shape),
): Promise<Float32Array<ArrayBuffer>> {
  return decodeValues(tensor.type, await tensor.read(from, to));
}

/** @throws Failure "model-invalid" when a tensor does not have the shape that the settings ask for */
export function requireShape(subject: string, tensor: StoredTensor, shape: readonly number[]): void {
  if (tensor.shape.length === shape.length && tensor.shape.every((dim, i) => dim === shape[i])) return;
  throw new Failure(
    "model-invalid",
    `Cannot use the model in "${subject}": tensor "${tensor.name}" in ${tensor.file} has shape [${
      tensor.shape.join(", ")
    }] where [${shape.join(", ")}] is needed.`,
    { subject },
  );
}
