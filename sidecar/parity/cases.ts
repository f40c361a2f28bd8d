// The form of a parity folder: checkpoint/, images/, cases.json and expected.safetensors.

/** A piece of a message: a text, a picture file, or a video as packing groups of frame files. */
export type CasePart =
  | { readonly text: string }
  | { readonly image: string }
  | { readonly video: readonly (readonly string[])[] };

/** One conversation with what the original code made of it. */
export interface ParityCase {
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
  readonly greedy_ids: readonly number[];
  /** Distance of the best logit to the second at each step. */
  readonly greedy_margins: readonly number[];
}

/** Reads cases.json of a parity folder. */
export async function readCases(folder: string): Promise<readonly ParityCase[]> {
  const { cases } = JSON.parse(await Deno.readTextFile(`${folder}/cases.json`)) as { cases: ParityCase[] };
  return cases;
}
