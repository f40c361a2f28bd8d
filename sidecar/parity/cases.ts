// The form of a parity folder: checkpoint/, images/, gguf/, cases.json and expected.safetensors.

/** A piece of a message: a text, a picture file, or a video as packing groups of frame files. */
export type CasePart =
  | { readonly text: string }
  | { readonly image: string }
  | { readonly video: readonly (readonly string[])[] };

/** What the original code chose greedily. */
export interface GreedyRun {
  readonly greedy_ids: readonly number[];
  /** Distance of the best logit to the second at each step. */
  readonly greedy_margins: readonly number[];
}

/** One conversation with what the original code made of it. */
export interface ParityCase extends GreedyRun {
  readonly name: string;
  readonly thinking: boolean;
  readonly messages: readonly {
    readonly role: "user" | "assistant";
    readonly content: readonly CasePart[];
  }[];
  /** Overrides the checkpoint's limit. */
  readonly max_slice_nums?: number;
  /** Time of each frame of each group, in tenths of a second. */
  readonly temporal_ids?: readonly (readonly number[])[];
  readonly prompt: string;
  readonly input_ids: readonly number[];
  /** Patch rows and columns of every slice. */
  readonly tgt_sizes?: readonly (readonly [number, number])[];
  /** Which rows of the first slice's patches are recorded. */
  readonly patch_rows?: readonly number[];
}

/** Runs over the weights of GGUF files, by type ("Q4_K_M") and name of the case. */
export type QuantizedRuns = Readonly<Record<string, Readonly<Record<string, GreedyRun>>>>;

interface Contents {
  readonly cases: readonly ParityCase[];
  readonly quantized?: QuantizedRuns;
}

/** Reads the cases of a parity folder. */
export async function readCases(folder: string): Promise<readonly ParityCase[]> {
  return (await readContents(folder)).cases;
}

/** Reads what a parity folder has on GGUF files. */
export async function readQuantizedRuns(folder: string): Promise<QuantizedRuns> {
  return (await readContents(folder)).quantized ?? {};
}

async function readContents(folder: string): Promise<Contents> {
  return JSON.parse(await Deno.readTextFile(`${folder}/cases.json`)) as Contents;
}
