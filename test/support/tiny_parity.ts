// A parity folder in the form of the references, made from a tiny checkpoint and the plain arithmetic of
// reference_model.ts: stills with and without a grid, two turns, and a video in packed groups.

import sharp from "sharp";
import type { ModelConfig } from "../../sidecar/checkpoint/config.ts";
import { decodePicture } from "../../sidecar/image/decode.ts";
import { cutSlices, toPatches } from "../../sidecar/image/patches.ts";
import { planSlices } from "../../sidecar/image/slice.ts";
import { Tokenizer } from "../../sidecar/text/tokenizer.ts";
import { chunk, ReferenceModel, type ReferenceSlice, type Rows } from "./reference_model.ts";
import { type TensorToWrite, writeSafetensors } from "./safetensors_file.ts";
import { writeTinyCheckpoint } from "./tiny_checkpoint.ts";

const STEPS = 6;
const PATCH_ROWS = [0, 3];
const IMAGE = "<image><unk><unk><unk><unk></image>";
const SLICE = "<slice><unk><unk><unk><unk></slice>";

interface CaseToWrite {
  readonly name: string;
  readonly thinking: boolean;
  readonly messages: readonly object[];
  /** Picture files with their time, by group. */
  readonly groups: readonly (readonly (readonly [file: string, time: number])[])[];
  readonly extra?: object;
  readonly prompt: string;
}

const ask = (prompt: string) => `<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`;
const user = (...content: object[]) => ({ role: "user", content });

const CASES: readonly CaseToWrite[] = [
  {
    name: "text",
    thinking: true,
    messages: [user({ text: "What is a stack trace?" })],
    groups: [],
    prompt: `${ask("What is a stack trace?")}<think>\n`,
  },
  {
    name: "two_turns",
    thinking: false,
    messages: [
      user({ image: "wide.png" }, { text: "Explain this image." }),
      { role: "assistant", content: [{ text: "<think>\nHm.\n</think>\n\nA line." }] },
      user({ image: "small.png" }, { text: "And this?" }),
    ],
    groups: [[["wide.png", -1]], [["small.png", -1]]],
    prompt: ask(`<image_id>0</image_id>${IMAGE}${SLICE}${SLICE}\nExplain this image.`) +
      "A line.<|im_end|>\n" +
      ask(`<image_id>1</image_id>${IMAGE}\nAnd this?`) + "<think>\n\n</think>\n\n",
  },
  {
    name: "video",
    thinking: false,
    messages: [user({ video: [["frame0.png", "frame1.png"], ["frame2.png"]] }, { text: "What happens?" })],
    groups: [[["frame0.png", 0], ["frame1.png", 4]], [["frame2.png", 11]]],
    extra: { max_slice_nums: 1, temporal_ids: [[0, 4], [11]] },
    prompt: `${ask(`${IMAGE}\n${IMAGE}\nWhat happens?`)}<think>\n\n</think>\n\n`,
  },
];

/** Writes the folder. */
export async function writeTinyParity(folder: string): Promise<void> {
  const { tensors, config } = await writeTinyCheckpoint(`${folder}/checkpoint`);
  const model = new ReferenceModel(tensors, config);
  const tokenizer = await Tokenizer.open(`${folder}/checkpoint`, {});
  await writePictures(`${folder}/images`);
  const cases: object[] = [];
  const expected: Record<string, TensorToWrite> = {};
  for (const { groups, extra, ...written } of CASES) {
    const input_ids = tokenizer.encode(written.prompt);
    const encoded = await encodeGroups(
      model,
      config,
      `${folder}/images`,
      groups,
      extra === undefined ? 9 : 1,
    );
    const reply = decode(model, input_ids, tokenizer.tokenId("<unk>") as number, encoded.tokens.flat());
    cases.push({
      ...written,
      ...extra,
      input_ids,
      tgt_sizes: encoded.sizes,
      patch_rows: PATCH_ROWS,
      greedy_ids: reply.ids,
      greedy_margins: reply.margins,
    });
    expected[`${written.name}.logits`] = tensor(reply.logits);
    if (encoded.first === null) continue;
    expected[`${written.name}.patches.0`] = tensor(
      PATCH_ROWS.map((row) => encoded.first?.patches[row] as number[]),
    );
    expected[`${written.name}.vision.0`] = tensor(encoded.first.features);
    expected[`${written.name}.resampler`] = tensor(encoded.tokens.flat());
  }
  await Deno.writeTextFile(`${folder}/cases.json`, JSON.stringify({ cases }));
  await writeSafetensors(`${folder}/expected.safetensors`, expected);
}

async function writePictures(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  const sizes = { wide: [128, 64], small: [50, 40], frame0: [96, 60], frame1: [96, 60], frame2: [96, 60] };
  for (const [i, [name, [width, height]]] of Object.entries(sizes).entries()) {
    const pixels = Uint8Array.from(
      { length: (width as number) * (height as number) * 3 },
      (_, at) => 128 + 127 * Math.sin(at * (0.011 + 0.003 * i) + i),
    );
    const raw = { width: width as number, height: height as number, channels: 3 as const };
    await sharp(pixels, { raw }).png().toFile(`${folder}/${name}.png`);
  }
}

async function encodeGroups(
  model: ReferenceModel,
  { slicing, normalization }: ModelConfig,
  folder: string,
  groups: CaseToWrite["groups"],
  maxSliceCount: number,
) {
  const sizes: [number, number][] = [];
  const tokens: Rows[] = [];
  let first: { patches: Rows; features: Rows } | null = null;
  for (const group of groups) {
    const frames: ReferenceSlice[][] = [];
    for (const [file, time] of group) {
      const { pixels } = await decodePicture(await Deno.readFile(`${folder}/${file}`), file);
      const slices: ReferenceSlice[] = [];
      for (const slice of await cutSlices(pixels, planSlices(pixels, { ...slicing, maxSliceCount }))) {
        const { rows, columns, patches: flat } = await toPatches(slice, slicing.patchSize, normalization);
        const patches = chunk(flat, flat.length / (rows * columns));
        const features = model.encode(patches, rows, columns);
        first ??= { patches, features };
        sizes.push([rows, columns]);
        slices.push({ rows, columns, time, features });
      }
      frames.push(slices);
    }
    // Slices of one place in all frames share their visual tokens.
    (frames[0] ?? []).forEach((_, i) =>
      tokens.push(model.resample(frames.map((slices) => slices[i] as ReferenceSlice)))
    );
  }
  return { sizes, tokens, first: first as { patches: Rows; features: Rows } | null };
}

function decode(model: ReferenceModel, ids: readonly number[], placeholder: number, visual: Rows) {
  const decoder = model.decode();
  let used = 0;
  for (const id of ids) {
    if (id === placeholder) decoder.feedEmbedding(visual[used++] as number[]);
    else decoder.feedId(id);
  }
  const reply = { ids: [] as number[], margins: [] as number[], logits: [] as Rows };
  for (let step = 0; step < STEPS; step++) {
    const logits = decoder.logits();
    const [best, second] = [...logits].sort((a, b) => b - a) as [number, number];
    const id = logits.indexOf(best);
    reply.ids.push(id);
    reply.margins.push(best - second);
    reply.logits.push(logits);
    decoder.feedId(id);
  }
  return reply;
}

function tensor(rows: Rows): TensorToWrite {
  return { shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
}
