import type { ElementType } from "../onnx/element_type.ts";
import { elementSize } from "../onnx/element_type.ts";
import type { ExternalTensor } from "./graph_builder.ts";

/** Tensors start on a page of their own, so that they can be mapped into memory as they are. */
const ALIGNMENT = 4096;

/** Decides where tensors lie in a weights file, one behind the other. */
export class WeightsLayout {
  readonly #file: string;
  #end = 0;

  /** @param file name of the weights file in the external-data folder */
  constructor(file: string) {
    this.#file = file;
  }

  /** Bytes up to the end of the last tensor. */
  get byteLength(): number {
    return this.#end;
  }

  /** Sets aside the room for a tensor. */
  place(type: ElementType, dims: readonly number[]): ExternalTensor {
    const byteOffset = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    const byteLength = dims.reduce((count, dim) => count * dim, elementSize(type));
    this.#end = byteOffset + byteLength;
    return { type, dims, file: this.#file, byteOffset, byteLength };
  }
}

/** A weights file that is being written. */
export class WeightsFile implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Opens a file to write to; what it holds already stays. */
  static async open(path: string): Promise<WeightsFile> {
    return new WeightsFile(await Deno.open(path, { write: true, create: true }));
  }

  /** Writes elements at a place in bytes. */
  async write(byteOffset: number, data: ArrayBufferView<ArrayBuffer>): Promise<void> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    await this.#file.seek(byteOffset, Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) written += await this.#file.write(bytes.subarray(written));
  }

  /** Makes sure that everything has reached the disk. */
  async flush(): Promise<void> {
    await this.#file.sync();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
