import { allocate, type ElementType } from "../onnx/element_type.ts";
import type { ExternalTensor } from "./graph_builder.ts";

/** Tensors start on a page of their own, so that they can be mapped into memory as they are. */
const ALIGNMENT = 4096;

/** One file that takes the weights of several graphs, for use as their external data. */
export class WeightsFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #name: string;
  #end = 0;

  private constructor(file: Deno.FsFile, name: string) {
    this.#file = file;
    this.#name = name;
  }

  /** Starts a new file in a folder; an old one of that name is overwritten. */
  static async create(folder: string, name: string): Promise<WeightsFile> {
    const file = await Deno.open(`${folder}/${name}`, { write: true, create: true, truncate: true });
    return new WeightsFile(file, name);
  }

  /** Writes a tensor's elements behind the others and returns where they are. */
  async append(
    type: ElementType,
    dims: readonly number[],
    data: ArrayBufferView<ArrayBuffer>,
  ): Promise<ExternalTensor> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const padding = (ALIGNMENT - this.#end % ALIGNMENT) % ALIGNMENT;
    await this.#write(allocate("uint8", padding));
    const byteOffset = this.#end;
    await this.#write(bytes);
    return { type, dims, file: this.#name, byteOffset, byteLength: bytes.byteLength };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) written += await this.#file.write(bytes.subarray(written));
    this.#end += bytes.length;
  }

  /** Makes sure that everything has reached the disk. */
  async flush(): Promise<void> {
    await this.#file.sync();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
