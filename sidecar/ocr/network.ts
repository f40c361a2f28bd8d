import { allocate } from "../onnx/element_type.ts";
import type { Runtime } from "../onnx/runtime.ts";
import { Session } from "../onnx/session.ts";
import { Tensor } from "../onnx/tensor.ts";

/** A network with one float32 input and one float32 output. */
export class Network implements Disposable {
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #input: string;
  readonly #output: string;

  private constructor(runtime: Runtime, session: Session) {
    this.#runtime = runtime;
    this.#session = session;
    this.#input = session.inputs[0]?.name ?? "";
    this.#output = session.outputs[0]?.name ?? "";
  }

  /** Loads a network. @throws OrtError when the model is refused; the signal's reason when it aborts */
  static async load(
    runtime: Runtime,
    model: Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<Network> {
    return new Network(runtime, await Session.create(runtime, model, { signal }));
  }

  /**
   * Runs the network once.
   * @param dims shape of `values`
   * @param resultDims shape of the result
   * @throws the signal's reason when it aborts
   */
  async run(
    values: Float32Array<ArrayBuffer>,
    dims: readonly number[],
    resultDims: readonly number[],
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const result = allocate("float32", resultDims.reduce((product, dim) => product * dim, 1));
    using input = Tensor.over(this.#runtime, "float32", values, dims);
    using output = Tensor.over(this.#runtime, "float32", result, resultDims);
    using binding = this.#session.bind().input(this.#input, input).output(this.#output, output);
    await this.#session.run(binding, signal === undefined ? {} : { signal });
    return output.data;
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}
